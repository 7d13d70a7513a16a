"""``manage.py create_head_office_admin NAME``: the first person of an empty deployment."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import system_actor
from apps.accounts.models import User
from apps.accounts.rules import user_name_fits
from apps.accounts.services.people import UserNameNotAllowed
from apps.org import rules, services


class Command(BaseCommand):
    """Creates a user who may sign in to head office and holds its administrator's role."""

    help = "Create a head-office administrator; the password is asked for, or read from stdin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--display-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        username = User.normalize_username(options["username"])
        if not user_name_fits(username):
            raise CommandError(UserNameNotAllowed().detail)
        if User.objects.filter(username__iexact=username).exists():
            raise CommandError(f"There is a user {username} already.")
        password = self._password(username)
        with transaction.atomic():
            user = User.objects.create_user(
                username, password, display_name=options["display_name"], is_staff=True
            )
            actor = system_actor("command line")
            accounts.record(actor, "staff.create_user", target=("user", username))
            services.assign_role(actor, user, rules.HEAD_OFFICE_ADMIN)
        self.stdout.write(f"{username} may sign in at /admin/.")

    def _password(self, username: str) -> str:
        """Raises CommandError for one that the deployment's rules refuse."""
        asked = sys.stdin.isatty()
        password = getpass.getpass("Password: ") if asked else sys.stdin.readline().rstrip("\n")
        if asked and getpass.getpass("Once more: ") != password:
            raise CommandError("The two passwords differ.")
        try:
            validate_password(password, User(username=username))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password
