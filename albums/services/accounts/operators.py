"""Access of operators to the data of others: numbers only, unless the owner has granted more.

An operator is an account that may use the administration (`is_staff`).
"""

from django.contrib.auth.models import User

from albums.models import OperatorGrant


def pictures_granted(*, owner_id: int, operator: User) -> bool:
    """Return True if an operator may see this owner's pictures, file names and names of people."""
    if not (operator.is_active and operator.is_staff):
        return False
    return owner_id == operator.pk or OperatorGrant.objects.filter(owner_id=owner_id).exists()


def owners_seen(operator: User) -> set[int]:
    """Return the ids of all owners whose pictures and names an operator may see."""
    if not (operator.is_active and operator.is_staff):
        return set()
    return {operator.pk, *OperatorGrant.objects.values_list("owner_id", flat=True)}


def operators_besides(owner: User) -> bool:
    """Return True if there are other operators."""
    return User.objects.filter(is_active=True, is_staff=True).exclude(pk=owner.pk).exists()


def grant_of(owner: User) -> OperatorGrant | None:
    """Return the grant of an owner."""
    return OperatorGrant.objects.filter(owner=owner).first()


def grant_set(*, owner: User, granted: bool) -> None:
    """Give or withdraw the grant, from the next request on. Earlier changes by operators remain."""
    if granted:
        OperatorGrant.objects.get_or_create(owner=owner)
    else:
        OperatorGrant.objects.filter(owner=owner).delete()
