"""What the service says: reading, checking and keeping the content folder."""

from verkkoapu.content.load import load_content
from verkkoapu.content.model import Contact, Content, Followup, Link, Topic, TopicText
from verkkoapu.content.store import ContentStore

__all__ = ["Contact", "Content", "ContentStore", "Followup", "Link", "Topic", "TopicText", "load_content"]
