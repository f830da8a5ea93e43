import pytest
from django.test import override_settings

from accounts import plans
from accounts.roles import SCOPES, Role, effective_scopes


def test_roles_are_ordered_by_power_and_not_by_the_alphabet():
    assert sorted([Role.ADMIN, Role.VIEWER, Role.TENANT_ADMIN, Role.MEMBER]) == [
        Role.VIEWER,
        Role.MEMBER,
        Role.TENANT_ADMIN,
        Role.ADMIN,
    ]
    assert Role.ADMIN > Role.VIEWER
    assert Role.MEMBER <= Role.MEMBER
    assert Role.ADMIN >= "tenant-admin"
    assert Role.VIEWER < "member"


def test_a_role_is_its_own_text():
    assert Role("tenant-admin") is Role.TENANT_ADMIN
    assert Role.ADMIN == "admin"  # type: ignore[comparison-overlap]  # that it holds is the point
    assert f"{Role.MEMBER}" == "member"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.VIEWER, {"jobs:read", "metrics:read"}),
        (Role.MEMBER, {"jobs:read", "jobs:write", "metrics:read"}),
        (Role.TENANT_ADMIN, {"jobs:read", "jobs:write", "metrics:read"}),
        (Role.ADMIN, set(SCOPES)),
    ],
)
def test_a_scope_beyond_the_role_has_no_effect(role, expected):
    assert effective_scopes(role, [*SCOPES, "no:such"]) == expected


def test_the_plan_gives_the_priority():
    assert [plans.default_priority(plan) for plan in ("free", "pro", "enterprise")] == [0, 50, 100]


@override_settings(PLAN_PRIORITIES={"pro": 70})
def test_a_configured_priority_replaces_one_plan_and_leaves_the_others():
    assert [plans.default_priority(plan) for plan in ("free", "pro", "enterprise")] == [0, 70, 100]


@override_settings(RESEARCH_QUOTA_LIMIT=7)
def test_the_research_quota_follows_the_setting():
    assert plans.research_quota("free") == 7


@override_settings(RESEARCH_QUOTA_LIMIT=7, RESEARCH_QUOTA_LIMITS={"enterprise": 1000})
def test_the_research_quota_of_a_plan_can_be_set_apart():
    assert plans.research_quota("enterprise") == 1000
    assert plans.research_quota("pro") == 7


def test_the_better_of_two_plans_counts():
    assert plans.better("free", "pro") == "pro"
    assert plans.better("enterprise", "pro") == "enterprise"
