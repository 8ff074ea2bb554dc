"""The tables of faces, one module a subject."""

from faces.models.changes import Change, ClusteringRun, SkippedQuestion
from faces.models.doubts import GroupDoubt, SentQuestion
from faces.models.embeddings import FaceEmbedding, OwnerModels
from faces.models.people import Face, FaceScan, Person, PersonTally, StalePerson, Verdict
from faces.models.staging import StagedFace, StagedScan
from faces.models.wishes import ErasureReceipt, FaceRecognition, PersonAlbum

__all__ = [
    "Change",
    "ClusteringRun",
    "ErasureReceipt",
    "Face",
    "FaceEmbedding",
    "FaceRecognition",
    "FaceScan",
    "GroupDoubt",
    "OwnerModels",
    "Person",
    "PersonAlbum",
    "PersonTally",
    "SentQuestion",
    "SkippedQuestion",
    "StagedFace",
    "StagedScan",
    "StalePerson",
    "Verdict",
]
