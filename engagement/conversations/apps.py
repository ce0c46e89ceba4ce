from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "engagement.conversations"
    label = "conversations"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from boards.people.desk import BoardPolicy
        from engagement.conversations.actions.statements import after_deciding
        from engagement.conversations.models import Conversation, Statement
        from engagement.moderation.actions import when_decided

        when_decided(Statement, after_deciding)
        register_permission_policy(
            Conversation,
            BoardPolicy(
                Conversation, board="activity__board", add="run_activities", change="run_activities", delete=None
            ),
        )
        register_permission_policy(
            Statement, BoardPolicy(Statement, board="conversation__activity__board", add=None, change=None, delete=None)
        )
