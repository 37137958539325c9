"""The kind of turn: character n-grams within words, TF-IDF, multinomial logistic regression."""

from __future__ import annotations

import unicodedata
from typing import Any, Dict, List, Text, Type

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import quick_validation

quick_validation.install()


def fold(text: Text) -> Text:
    """Lower case, letters without their marks: people write without the right keyboard."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TurnClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking`."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {"c": 20.0, "ranking_length": 5}

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn"]

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, model: Any = None) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> "TurnClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(cls: Type["TurnClassifier"], config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource,
             execution_context: ExecutionContext, **kwargs: Any) -> "TurnClassifier":
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / "turns.joblib"))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has an intent and a text."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        examples = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True, min_df=2, preprocessor=fold)
        features = vectorizer.fit_transform([m.get(TEXT) for m in examples])
        classifier = LogisticRegression(C=self._config["c"], max_iter=200, class_weight=None)
        classifier.fit(features, [m.get(INTENT) for m in examples])
        self._model = (vectorizer, classifier)
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / "turns.joblib")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Classify; a text without a single known n-gram gets no intent, which the fallback takes up."""
        for message in messages:
            text = message.get(TEXT) or ""
            vectorizer, classifier = self._model
            features = vectorizer.transform([text])
            if features.nnz == 0:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set("intent_ranking", [], add_to_output=True)
                continue
            row = classifier.predict_proba(features)[0]
            order = row.argsort()[::-1][: self._config["ranking_length"]]
            ranking = [{"name": str(classifier.classes_[i]), "confidence": float(row[i])} for i in order]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data
