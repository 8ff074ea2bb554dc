"""The map of photos."""

from typing import Any

from albums.models import Image
from albums.services.mapping.clusters import clusters_in
from albums.services.searching.area import Area
from api.schema import Operation
from api.serializers.photo_map import WORLD, ClustersOut, MapQuery
from api.views.images import ImageView


class MapClusters(ImageView):
    """Retrieve the photos of a part of the map in clusters."""

    @Operation("map_clusters", response=ClustersOut, parameters=[MapQuery])
    def get(self) -> dict[str, Any]:
        """Retrieve the photos of a part of the map in clusters, the densest first.

        `area` of `images_list` lists the photos of a part or of a cluster.
        """
        query = self.validated_query(MapQuery)
        images = Image.objects.owned_by(self.user).ready()
        found = clusters_in(images, Area.of(query["area"]) or WORLD, zoom=query["zoom"])
        return {"photos": sum(one.photos for one in found), "clusters": found}
