from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "engagement.ideas"
    label = "ideas"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from boards.people.desk import BoardPolicy
        from engagement.ideas.actions.answering import tell_the_writer
        from engagement.ideas.actions.shaping import (
            after_deciding_a_picture,
            after_deciding_a_version,
            after_editing_a_version,
            after_editing_an_idea,
        )
        from engagement.ideas.actions.talking import after_deciding_a_comment
        from engagement.ideas.models import Comment, Idea, IdeaPicture, IdeasCall, Version
        from engagement.moderation.actions import when_decided, when_edited

        when_decided(Idea, tell_the_writer)
        when_decided(Comment, after_deciding_a_comment)
        when_decided(Version, after_deciding_a_version)
        when_decided(IdeaPicture, after_deciding_a_picture)
        when_edited(Idea, after_editing_an_idea)
        when_edited(Version, after_editing_a_version)
        register_permission_policy(
            IdeasCall,
            BoardPolicy(IdeasCall, board="activity__board", add="run_activities", change="run_activities", delete=None),
        )
        register_permission_policy(
            Idea, BoardPolicy(Idea, board="call__activity__board", add=None, change="answer_ideas", delete=None)
        )
