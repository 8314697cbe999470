"""Undo and redo."""

from core.organization.edits import move, rename
from core.organization.history import LIMIT, History
from core.organization.spec import Organization, Position
from tests.core.organization.samples import desk


def test_a_step_is_taken_back_and_done_again() -> None:
    renamed = rename(desk(), "Desk", "Front")
    history = History(desk()).push(renamed)

    assert (history.present, history.can_undo, history.can_redo) == (renamed, True, False)
    undone = history.undo()
    assert (undone.present, undone.can_undo, undone.can_redo) == (desk(), False, True)
    assert undone.redo() == history


def test_moving_is_a_step() -> None:
    moved = move(desk(), {"Desk": Position(x=1, y=1)})

    assert History(desk()).push(moved).undo().present == desk()


def test_what_changes_nothing_is_no_step() -> None:
    history = History(desk()).push(rename(desk(), "Desk", "Front")).undo()

    assert history.push(desk()) is history
    assert history.push(move(desk(), {})).can_redo


def test_a_new_step_forgets_what_was_undone() -> None:
    history = History(named(0)).push(named(1)).push(named(2)).undo().undo().push(named(3))

    assert not history.can_redo
    assert history.past == (named(0),)


def test_the_ends_stay() -> None:
    history = History(desk())

    assert history.undo() is history
    assert history.redo() is history


def test_the_oldest_steps_are_forgotten() -> None:
    history = History(named(0))
    for number in range(1, LIMIT + 51):
        history = history.push(named(number))

    assert len(history.past) == LIMIT
    assert history.past[0] == named(50)


def named(number: int) -> Organization:
    return Organization(name=f"Step {number}")
