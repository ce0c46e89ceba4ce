from django.urls import path

from engagement.conversations.views import answering, results, statements

HERE = "boards/<slug:board_slug>/conversations/"
ONE = HERE + "<slug:slug>/"

app_name = "conversations"
urlpatterns = [
    path(HERE, answering.conversation_list, name="list"),
    path(ONE, answering.conversation, name="conversation"),
    path(ONE + "answer/", answering.answer, name="answer"),
    path(ONE + "count/", answering.count, name="count"),
    path(ONE + "count/finish/", answering.finish, name="finish"),
    path(ONE + "mine/", answering.mine, name="mine"),
    path(ONE + "add/", statements.add, name="add"),
    path(ONE + "add/finish/", statements.add_finish, name="add_finish"),
    path(ONE + "sent/<slug:reference>/", statements.sent, name="sent"),
    path(ONE + "results/", results.results, name="results"),
    path(ONE + "results/statements/", results.statements, name="statements"),
    path(ONE + "results/statements.csv", results.statements_file, name="statements_file"),
    path(ONE + "results/answers.csv", results.answers_file, name="answers_file"),
]
