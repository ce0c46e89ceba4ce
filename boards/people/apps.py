from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "boards.people"
    label = "people"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from boards.people.desk import BoardPolicy
        from boards.people.models import Organisation, Role
        from boards.people.places_desk import register_policies

        register_permission_policy(
            Role,
            BoardPolicy(Role, board=None, view="manage_roles", add="manage_roles", change="manage_roles", delete=None),
        )
        register_permission_policy(
            Organisation,
            BoardPolicy(
                Organisation, board=None, view="manage_roles", add="manage_roles", change="manage_roles", delete=None
            ),
        )
        register_policies()
