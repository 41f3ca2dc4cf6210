"""`predict(question, ...)`: commit to an answer before you run the experiment."""

from html import escape


class Prediction:
    """A question and the answer that you have committed to, if any.

    It is shown as a block in a notebook, as text elsewhere. It is not graded. It does not say what
    is right; the experiment below does.
    """

    def __init__(self, question: str, options: dict[str, str], mine: str) -> None:
        self.question = question
        self.options = options
        self.mine = mine

    @property
    def committed(self) -> bool:
        """Whether there is an answer; if there are options, one of them."""
        return self.mine in self.options if self.options else bool(self.mine)

    def __repr__(self) -> str:
        lines = [
            f"  {'→' if key == self.mine else ' '} {key}) {text}" for key, text in self._lines()
        ]
        return "\n".join([self.question, *lines, self._state()])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li>{'<strong>' if key == self.mine else ''}{escape(key)}) {escape(text)}"
            f"{' ← yours</strong>' if key == self.mine else ''}</li>"
            for key, text in self._lines()
        )
        return (
            '<div style="border-left:4px solid #0072B2;padding-left:0.8em">'
            f"<strong>{escape(self.question)}</strong>"
            f'<ul style="list-style:none;padding-left:0.5em;margin:0.3em 0">{rows}</ul>'
            f"{escape(self._state())}</div>"
        )

    def _lines(self) -> list[tuple[str, str]]:
        return list(self.options.items())

    def _state(self) -> str:
        if self.committed:
            return f"You said: {self.mine}. Now run the experiment." if self.options else (
                f"You said: “{self.mine}”. Now run the experiment."
            )  # fmt: skip
        wanted = f"{', '.join(self.options)}" if self.options else "your answer"
        return (
            f"Not committed yet: write {wanted} between the quotation marks of mine and run this."
        )


def predict(question: str, /, *, mine: str = "", **options: str) -> Prediction:
    """Commit to an answer before an experiment.

    Args:
        question: What will the result be?
        mine: Your answer; if there are options, the letter of one.
        options: The possible answers, by letter.
    """
    return Prediction(question, options, str(mine).strip())
