"""What Django admin calls the kinds of rows."""

import re

from django.apps import apps


def test_no_plural_is_formed_by_a_mere_s_where_english_wants_more() -> None:
    plurals = [str(model._meta.verbose_name_plural) for model in apps.get_models()]

    assert [one for one in plurals if re.search(r"([^aeiou]ys|[sx]s|[cs]hs)$", one)] == []


def test_the_dashboard_of_rq_has_a_name_that_people_read() -> None:
    assert apps.get_app_config("django_rq").verbose_name == "RQ dashboard"
