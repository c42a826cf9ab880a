"""Write a network as a PyTorch program: forward pass, autograd, ``torch.optim``."""

from __future__ import annotations

from tutor.functions import ACTIVATIONS, OPTIMIZERS
from tutor.labs.programs.draft import Draft, Program, data, forward, loss, over_samples, prints
from tutor.network import Activation, Network


def torch_program(network: Network) -> Program:
    """Return the network's forward pass and training step with PyTorch's autograd and optimizers."""
    draft = Draft(network)
    draft.add("import torch", "", "torch.set_default_dtype(torch.float64)")
    data(draft, "torch.tensor({})", "torch.tensor({}, requires_grad=True)")
    draft.add("", "# forward")
    forward(draft, _call, "torch.where({0}.abs() < 1e-12, {0} - {0}.detach(), {0})")
    if network.has_target:
        draft.add("", "# the loss")
        draft.define("E", loss(network, "torch.log"), "E")
        if network.has_gradients:
            _backward(draft)
            if network.optimizer is not None:
                _update(draft)
    prints(draft)
    return draft.done()


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


def _update(draft: Draft) -> None:
    network = draft.network
    assert network.optimizer is not None
    trained: list[str] = []
    draft.add("", "# the update")
    for layer, end in draft.layers:
        names = [("W", "W_new")]
        if layer.bias is not None and network.update_bias:
            names.append(("theta", "theta_new"))
        for name, new in names:
            trained.append(f"{name}{end}")
            draft.variables[f"{name}{end}"] = f"{layer.name}.{new}"
    options = dict(network.optimizer.parameters)
    if "beta1" in options:
        first, second = options.pop("beta1"), options.pop("beta2")
        settings = [f"betas=({first!r}, {second!r})"]
    else:
        settings = []
    settings = [*(f"{name}={value!r}" for name, value in options.items() if value or name == "lr"), *settings]
    kind = OPTIMIZERS[network.optimizer.name].torch
    draft.define("optimizer", f"torch.optim.{kind}([{', '.join(trained)}], {', '.join(settings)})")
    draft.add("optimizer.step()")
