"""The tables of faces, one module a subject."""

from faces.models.attributes import FaceAttributes
from faces.models.changes import Change, ClusteringRun, SkippedQuestion
from faces.models.embeddings import FaceEmbedding, OwnerModels
from faces.models.exemplars import PersonExemplar
from faces.models.people import DirtyPerson, Face, FaceScan, Person, PersonStats, Verdict
from faces.models.person_albums import PersonAlbum
from faces.models.privacy import ErasureReceipt, FaceRecognition
from faces.models.review import ClusterQuality, OperatorQuestion
from faces.models.staging import StagedFace, StagedScan

__all__ = [
    "Change",
    "ClusterQuality",
    "ClusteringRun",
    "DirtyPerson",
    "ErasureReceipt",
    "Face",
    "FaceAttributes",
    "FaceEmbedding",
    "FaceRecognition",
    "FaceScan",
    "OperatorQuestion",
    "OwnerModels",
    "Person",
    "PersonAlbum",
    "PersonExemplar",
    "PersonStats",
    "SkippedQuestion",
    "StagedFace",
    "StagedScan",
    "Verdict",
]
