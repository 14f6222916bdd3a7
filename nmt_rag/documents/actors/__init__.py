"""Who acts in a text: actors with their names and aliases, found in headings, titles, parentheses and sentences.

Nothing here is written down for one page. What it knows is Swedish: how names of authorities and services end, how
they are abbreviated and inflected, and how a pronoun carries an actor on.
"""

from nmt_rag.documents.actors.attributing import Mention, Names, agents, attribute
from nmt_rag.documents.actors.finding import document_actor, find, of_passages
from nmt_rag.documents.actors.names import Actor, is_organisation_ending, names_in_heading

__all__ = [
    "Actor",
    "Mention",
    "Names",
    "agents",
    "attribute",
    "document_actor",
    "find",
    "is_organisation_ending",
    "names_in_heading",
    "of_passages",
]
