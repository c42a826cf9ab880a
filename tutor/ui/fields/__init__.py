"""The widgets for answers: a number, a grid, a choice, an order, gaps, free text, code."""

from __future__ import annotations

from tutor.session.model import Field, FieldKind
from tutor.ui.fields.base import FieldWidget


def widget_for(field: Field) -> FieldWidget:
    """Return the widget in which a field is answered. Each one's module is imported on first use."""
    match field.kind:
        case FieldKind.NUMBER | FieldKind.EXPRESSION:
            from tutor.ui.fields.number import NumberField

            return NumberField(field)
        case FieldKind.GRID:
            from tutor.ui.fields.grid import GridField

            return GridField(field)
        case FieldKind.CHOICE:
            from tutor.ui.fields.choice import ChoiceField

            return ChoiceField(field)
        case FieldKind.ORDER:
            from tutor.ui.fields.order import OrderField

            return OrderField(field)
        case FieldKind.FILL:
            from tutor.ui.fields.fill import FillField

            return FillField(field)
        case FieldKind.WRITE:
            from tutor.ui.fields.write import WriteField

            return WriteField(field)
        case FieldKind.RUN | FieldKind.LAB:
            from tutor.ui.fields.code import CodeField

            return CodeField(field)


__all__ = ["FieldWidget", "widget_for"]
