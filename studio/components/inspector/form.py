"""Fields of one part of an organization: what is typed becomes an edit, or stays with the reason it cannot."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import streamlit as st

from core.errors import InvalidInputError
from core.organization.spec import Spec
from studio.components.inspector.finding import finding
from studio.components.inspector.remark import remark
from studio.editing import Desk, Rejected, Shown
from studio.view_models.design_parts import part_of, value_at, with_value
from studio.view_models.design_values import AS_IS, CHOICE, DECIMAL, TEXT, Codec


@dataclass(frozen=True, slots=True)
class Form:
    """Draws the fields of one node, link or the organization; each is called by its path in the spec."""

    desk: Desk
    token: str
    shown: list[str] = field(default_factory=list)
    """The paths that were drawn: their problems stand under them."""

    @property
    def owner(self) -> str:
        """What the part is called at present. Only while it is there."""
        owner = self.desk.owner_of(self.token)
        assert owner is not None, "fields are drawn of parts that are there"
        return owner

    @property
    def part(self) -> Spec:
        part = part_of(self.desk.organization, self.owner)
        assert part is not None, "an owner has a part"
        return part

    def value(self, path: str) -> Any:
        return value_at(self.part, path)

    def key(self, path: str) -> str:
        """The widget's key; words in it are for styling (see theme)."""
        return f"{self.desk.organization_id}_{self.token}_{path.replace('.', '_')}"

    def set(self, path: str, value: Any) -> None:
        """Put a value into the spec. Raises InvalidInputError when it cannot stand there."""
        owner = self.desk.owner_of(self.token)
        if owner is not None:
            self.desk.change(with_value(self.desk.organization, owner, path, value))

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A place of its own for a widget and what stands under it: a remark that comes or goes moves no other
        widget, which a browser may answer with a second copy of it."""
        with st.container(gap="xsmall"):
            yield

    def text(self, path: str, label: str, codec: Codec = TEXT, **options: Any) -> None:
        """One line."""
        with self.slot():
            st.text_input(label, **self._field(path, codec), **options)
            self.remarks(path)

    def area(self, path: str, label: str, codec: Codec = TEXT, *, code: bool = False, **options: Any) -> None:
        """Several lines; `code` in a typewriter face."""
        suffix = "_code" if code else ""
        with self.slot():
            st.text_area(label, **self._field(path, codec, suffix), **options)
            self.remarks(path, suffix)

    def number(self, path: str, label: str, *, whole: bool = False, **options: Any) -> None:
        """A number, or nothing."""
        codec = AS_IS if whole else DECIMAL
        with self.slot():
            st.number_input(label, value=None, **self._field(path, codec), **options)
            self.remarks(path)

    def toggle(self, path: str, label: str, **options: Any) -> None:
        """Yes or no."""
        with self.slot():
            st.toggle(label, **self._field(path, AS_IS), **options)
            self.remarks(path)

    def choice(self, path: str, label: str, words: Mapping[Any, str], **options: Any) -> None:
        """One of many, by their words; with `accept_new_options` what is typed counts too."""
        shown = {CHOICE.show(choice): word for choice, word in words.items()}
        shown.setdefault(CHOICE.show(self.value(path)), str(self.value(path)))
        with self.slot():
            st.selectbox(
                label,
                list(shown),
                format_func=lambda choice: shown.get(choice, str(choice)),
                **self._field(path, CHOICE),
                **options,
            )
            self.remarks(path)

    def switch(self, path: str, label: str, words: Mapping[Any, str], **options: Any) -> None:
        """One of few, all in sight."""
        self.computed_switch(path, label, words, self.value(path), partial(self.set, path), **options)
        self.shown.append(path)

    def computed_switch(
        self,
        name: str,
        label: str,
        words: Mapping[Any, str],
        present: Any,
        change: Callable[[Any], None],
        **options: Any,
    ) -> None:
        """One of few; `change` is given the choice."""
        with self.slot():
            st.segmented_control(
                label,
                list(words),
                format_func=lambda choice: words[choice],
                required=True,
                **self.computed(name, present, change),
                **options,
            )
            self.computed_remarks(name)

    def computed_choice(
        self, name: str, label: str, words: Mapping[Any, str], present: Any, change: Callable[[Any], None]
    ) -> None:
        """One of many; `change` is given the choice."""
        with self.slot():
            st.selectbox(
                label,
                list(words),
                format_func=lambda choice: words.get(choice, str(choice)),
                **self.computed(name, present, change),
            )
            self.computed_remarks(name)

    def several(self, path: str, label: str, choices: Sequence[str], codec: Codec, **options: Any) -> None:
        """Any number of names; what is typed counts too."""
        offered = list(dict.fromkeys([*choices, *(self.value(path) or [])]))
        with self.slot():
            st.multiselect(label, offered, accept_new_options=True, **self._field(path, codec), **options)
            self.remarks(path)

    def computed(self, name: str, present: Any, change: Callable[[Any], None]) -> dict[str, Any]:
        """Options for a widget that shows something made from several fields; `change` is given what was typed."""
        base = self.key(name)
        shown = self._shown(base, present)
        key = f"{base}_{shown.times}"
        if key not in st.session_state or st.session_state[key] != shown.value:
            st.session_state[key] = shown.value
        return {"key": key, "on_change": self._commit, "args": (base, key, present, change)}

    def computed_remarks(self, name: str) -> None:
        """Why what was typed into a computed widget could not be taken."""
        self._rejection(self.key(name))

    def _field(self, path: str, codec: Codec, suffix: str = "") -> dict[str, Any]:
        present = codec.show(self.value(path))
        return self.computed(path + suffix, present, lambda typed: self.set(path, codec.read(typed)))

    def _shown(self, base: str, present: Any) -> Shown:
        """The widget shows what the spec says, unless something was typed that the spec could not take."""
        rejected = self.desk.rejected.get(base)
        if rejected and rejected.instead_of != present:
            del self.desk.rejected[base]
            rejected = None
        value = rejected.typed if rejected else present
        before = self.desk.shown.get(base, Shown(value))
        # Another value is another widget, so that what the browser sends of the old one can be told apart.
        shown = before if before.value == value else Shown(value, before.times + 1, before.value)
        self.desk.shown[base] = shown
        return shown

    def _commit(self, base: str, key: str, present: Any, change: Callable[[Any], None]) -> None:
        if self.desk.owner_of(self.token) is None:
            # A browser may still tell of the fields of a part that was deleted a moment ago.
            return
        typed, shown = st.session_state[key], self.desk.shown[base]
        if key != f"{base}_{shown.times}" and typed == shown.replaced:
            # The browser has not drawn the new value yet: nobody typed this.
            return
        self.desk.shown[base] = replace(shown, value=typed)
        self.desk.rejected.pop(base, None)
        try:
            change(typed)
        except InvalidInputError as error:
            self.desk.rejected[base] = Rejected(typed, present, error)

    def remarks(self, path: str, suffix: str = "") -> None:
        """What is wrong with a field, under it."""
        self.shown.append(path)
        if self._rejection(self.key(path + suffix)) or not self.owner:
            # The organization's own problems stand in the list above its fields.
            return
        for problem in self.desk.problems:
            if problem.node == self.owner and problem.field == path:
                finding(self.desk, problem)

    def _rejection(self, key: str) -> bool:
        rejected = self.desk.rejected.get(key)
        if rejected:
            remark(":red[:material/error:]", f"{rejected.error.message} {rejected.error.hint}")
        return rejected is not None


def form_for(desk: Desk, owner: str) -> Form:
    """The fields of a node (by name), a link (by key) or, for an empty owner, the organization."""
    return Form(desk, desk.token(owner))
