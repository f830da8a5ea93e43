"""The admin's base classes: the theme's, with the type parameters that only Django's stubs give them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import forms as auth_forms
from unfold import admin as themed
from unfold import forms as themed_forms

from ..models import ApiToken, MailTemplate, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    DjangoUserAdmin = auth_admin.UserAdmin[User]
    AdminUserCreationForm = auth_forms.AdminUserCreationForm[User]
    UserChangeForm = auth_forms.UserChangeForm[User]
    TokenModelForm = forms.ModelForm[ApiToken]
    MailTemplateModelForm = forms.ModelForm[MailTemplate]
else:
    ModelAdmin = themed.ModelAdmin
    TabularInline = themed.TabularInline
    AdminUserCreationForm = themed_forms.UserCreationForm
    UserChangeForm = themed_forms.UserChangeForm
    TokenModelForm = MailTemplateModelForm = forms.ModelForm

    class DjangoUserAdmin(auth_admin.UserAdmin, themed.ModelAdmin):
        change_password_form = themed_forms.AdminPasswordChangeForm
