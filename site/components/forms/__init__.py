"""The base of every public form.

    from components.forms import MoneyField, PostcodeField, PublicForm

    class IdeaForm(PublicForm):
        title = forms.CharField(label=_("Give your idea a name"), max_length=100)
        cost_pence = MoneyField(label=_("What might it cost?"), min_pence=1)

        once = True                      # adds the hidden form_token (one act, however often it is sent)
        heading = "title"                # one question a page: this label is the page's h1
        inline = {"agree"}               # radios side by side
        widths = {"title": 20}           # width in characters: 2, 3, 4, 5, 10, 20 or 30
        choice_hints = {"kind": {"grant": _("Money for a group")}}   # a line under a radio or checkbox

In a template the page's form goes in the context as `form`; base.html then shows the error
summary at the top of the page and "Error:" in its title. The form itself is

    <form method="post" novalidate>{% csrf_token %}{{ form }}{% button text=... %}</form>

A form under another name, or a second one on the page, shows its summary where it stands.
`{{ form.title.as_field_group }}` gives one field complete.
"""

from components.forms.base import PublicForm, PublicModelForm, PublicRenderer
from components.forms.cleaning import shows_nothing, without_hidden_characters
from components.forms.fields import DayField, MoneyField, PhoneField, PostcodeField, WhenField

__all__ = [
    "DayField",
    "MoneyField",
    "PhoneField",
    "PostcodeField",
    "PublicForm",
    "PublicModelForm",
    "PublicRenderer",
    "WhenField",
    "shows_nothing",
    "without_hidden_characters",
]
