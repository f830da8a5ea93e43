"""Django's admin classes with the type parameters that only its stubs give them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import forms as auth_forms

from ..models import ApiToken, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    DjangoUserAdmin = auth_admin.UserAdmin[User]
    AdminUserCreationForm = auth_forms.AdminUserCreationForm[User]
    UserChangeForm = auth_forms.UserChangeForm[User]
    TokenModelForm = forms.ModelForm[ApiToken]
else:
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
    DjangoUserAdmin = auth_admin.UserAdmin
    AdminUserCreationForm = auth_forms.AdminUserCreationForm
    UserChangeForm = auth_forms.UserChangeForm
    TokenModelForm = forms.ModelForm
