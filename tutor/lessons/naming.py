"""Give blocks their ids, and resolve what each waits for (``after:``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tutor.lessons import blocks
from tutor.lessons.building import Draft
from tutor.lessons.resolve import Resolver
from tutor.lessons.validate import Checker, nearest


def name_blocks(drafts: Sequence[Draft | None], resolver: Resolver, checker: Checker) -> list[blocks.Block]:
    """Return the blocks that could be built, with their ids and what they wait for; duplicate ids are noted."""
    whole = [draft for draft in drafts if draft is not None]
    ids = _default_ids(whole)
    taken: dict[str, int] = {}
    for draft, block_id in zip(whole, ids, strict=True):
        for name in (block_id, *draft.block.was):
            if name in taken:
                asks = name if draft.is_named or name != block_id else draft.default_id
                message = f"'{asks}' is also the id of the block on line {taken[name]}; give this one another id:."
                checker.add(draft.path, message)
        taken.setdefault(block_id, draft.block.line)
    named = [replace(draft.block, id=block_id) for draft, block_id in zip(whole, ids, strict=True)]
    named = _with_earlier_default(whole, named, taken)
    after = _Waiting(whole, named, resolver, checker, len(whole) == len(drafts))
    return [replace(block, after=after.of(place)) for place, block in enumerate(named)]


def _with_earlier_default(
    drafts: Sequence[Draft], named: list[blocks.Block], taken: dict[str, int]
) -> list[blocks.Block]:
    """Add a default id that had to be made longer to its first block, as an earlier id. So adding a second network to a
    lesson loses no progress."""
    found = []
    for draft, block in zip(drafts, named, strict=True):
        plain = draft.default_id
        if not draft.is_named and plain != block.id and plain not in taken:
            taken[plain] = block.line
            block = replace(block, was=(*block.was, plain))
        found.append(block)
    return found


def _default_ids(drafts: Sequence[Draft]) -> list[str]:
    """Return the ids that blocks get from what they ask. If two are the same, the network's name is put in front, or
    the kind of a question that is no ``ask``, so that no id depends on the block's position."""
    ids = [draft.block.id if draft.is_named else draft.default_id for draft in drafts]
    for widen in (_with_owner, _with_kind):
        counts = Counter(ids)
        ids = [
            widen(draft, block_id) if counts[block_id] > 1 and not draft.is_named else block_id
            for draft, block_id in zip(drafts, ids, strict=True)
        ]
    return ids


def _with_owner(draft: Draft, block_id: str) -> str:
    block = draft.block
    is_told_apart = isinstance(block, blocks.Question) and block.is_named_by_quantity and block.of
    return f"{block.of}:{block_id}" if is_told_apart else block_id


def _with_kind(draft: Draft, block_id: str) -> str:
    return block_id if draft.block.asked else f"{draft.block.kind} {block_id}"


@dataclass
class _Waiting:
    """Resolves ``after:``, which names a block's id or a quantity that a block asks for. ``is_whole`` says that every
    block could be built, so that an unknown name is an error."""

    drafts: Sequence[Draft]
    named: Sequence[blocks.Block]
    resolver: Resolver
    checker: Checker
    is_whole: bool

    @cached_property
    def asked(self) -> dict[tuple[str, str], str]:
        """The id of the first block that asks for each quantity, by model and name."""
        return {name: block.id for block in reversed(self.named) for name in block.asked_names()}

    def of(self, place: int) -> blocks.After | None:
        """Return what the block at this index waits for, or None."""
        draft, block = self.drafts[place], self.named[place]
        if draft.after is None:
            return None
        found = self._find(draft.after, block)
        if found is None:
            if self.is_whole and not self.resolver.models_failed:
                near = nearest(draft.after, [each.id for each in self.named if each.asks])
                meant = f" Did you mean '{near}'?" if near else ""
                self.checker.add(draft.after_path, f"No block asks for '{draft.after}'.{meant}")
            return None
        order = [each.id for each in self.named]
        if found.block_id and order.index(found.block_id) >= place:
            self.checker.add(draft.after_path, "A block can only wait for what is asked before it.")
            return None
        return found

    def _find(self, text: str, block: blocks.Block) -> blocks.After | None:
        asking = [each for each in self.named if each.asks]
        by_id = next((each for each in asking if text == each.id), None)
        if by_id is not None:
            return blocks.After(by_id.id)
        reference = self.resolver.quantity(text, block.of or None)
        # an earlier id comes last: another network's question may once have had the plain name of this quantity
        by_was = next((each for each in asking if text in each.was), None)
        if by_was is not None and (reference is None or (reference.of, reference.name) not in self.asked):
            return blocks.After(by_was.id)
        if reference is None:
            return None
        asked = self.asked.get((reference.of, reference.name))
        if asked is None:
            inside = {self.asked.get((reference.of, cell)) for cell in reference.quantity.cells}
            asked = inside.pop() if len(inside) == 1 else None
        # if nothing asks the quantity, the block is shown at once, and ``tutor check`` warns
        return blocks.After(asked or "", reference.of, reference.name)
