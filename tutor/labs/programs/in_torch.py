"""Write a network as a PyTorch program: forward pass, autograd, ``torch.optim``."""

from __future__ import annotations

from tutor.functions import ACTIVATIONS, OPTIMIZERS
from tutor.labs.programs.draft import Draft, Program, data, finished, forward, over_samples
from tutor.network import Activation, Network, Optimizer


def torch_program(network: Network) -> Program:
    """Return the network's forward pass and training step with PyTorch's autograd and optimizers."""
    draft = Draft(network)
    draft.add("import torch", "", "torch.set_default_dtype(torch.float64)")
    data(draft, "torch.tensor({})", "torch.tensor({}, requires_grad=True)")
    draft.add("", "# forward")
    forward(draft, _call, "torch.where({0}.abs() < 1e-12, {0} - {0}.detach(), {0})")
    return finished(draft, "torch.log", _backward, _update)


def _call(activation: Activation, z: str) -> str:
    return ACTIVATIONS[activation.name].torch.format(z=z, parameter=repr(activation.parameter))


def _backward(draft: Draft) -> None:
    network = draft.network
    draft.add("", "# backward, by autograd")
    if network.follows_loss:
        draft.add("E.backward()")
    else:
        share = over_samples(network)
        draft.add("# this lesson's rule takes ŷ − y for the output's δ: a sum with just that slope stands in for E")
        draft.define("stand_in", f"((yhat - y).detach() * Z{draft.layers[-1][1]}).sum(){share}")
        draft.add("stand_in.backward()")
    for layer, end in draft.layers:
        draft.variables[f"W{end}.grad"] = f"{layer.name}.dW"
        if layer.bias is not None:
            draft.variables[f"theta{end}.grad"] = f"{layer.name}.dtheta"


def _update(draft: Draft, optimizer: Optimizer) -> None:
    draft.add("", "# the update")
    draft.variables.update(draft.trained)
    options = dict(optimizer.parameters)
    betas = [f"betas=({options.pop('beta1')!r}, {options.pop('beta2')!r})"] if "beta1" in options else []
    settings = [*(f"{name}={value!r}" for name, value in options.items() if value or name == "lr"), *betas]
    kind, trained = OPTIMIZERS[optimizer.name].torch, ", ".join(variable for variable, _ in draft.trained)
    draft.define("optimizer", f"torch.optim.{kind}([{trained}], {', '.join(settings)})")
    draft.add("optimizer.step()")
