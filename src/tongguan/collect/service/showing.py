"""How a picture reaches a browser: signed links to stored bytes, or a route for references."""

from __future__ import annotations

from typing import BinaryIO
from uuid import UUID

from tongguan.collect.schemas import ItemFacts
from tongguan.collect.service.reading import SHOWN_BY_BROWSERS
from tongguan.collect.service.sources import open_address
from tongguan.core.auth import Caller
from tongguan.core.errors import Gone, NotFound
from tongguan.core.links import asset_link
from tongguan.core.settings import Settings

NOTHING = {"image_url": "", "thumb_url": "", "medium_url": "", "tiles_url": ""}
JPEG, TILES = "image/jpeg", "application/octet-stream"


def links(caller: Caller, project_id: UUID, item: ItemFacts) -> dict[str, str]:
    """Addresses of an item's picture. Pictures that browsers cannot show, or above 4,096 px, are given as a preview.

    `tiles_url` opens the tiles of a large picture, once they are made: a viewer asks it for ranges.
    """
    if item.state in ("erased", "unread") or item.asset_state not in ("stored", "referenced"):
        return dict(NOTHING)
    if item.preview:
        image = asset_link(caller, project_id, item.preview, JPEG)
    elif item.asset_state == "stored" and item.media_type in SHOWN_BY_BROWSERS:
        image = asset_link(caller, project_id, item.location, item.media_type)
    else:
        image = f"/api/v1/projects/{project_id}/items/{item.id}/image"
    tiles = asset_link(caller, project_id, item.tiles, TILES) if item.tiles else ""
    if not item.thumb:
        return {"image_url": image, "thumb_url": image, "medium_url": image, "tiles_url": tiles}
    return {
        "image_url": image,
        "tiles_url": tiles,
        "thumb_url": asset_link(caller, project_id, f"{item.thumb}160.jpg", JPEG),
        "medium_url": asset_link(caller, project_id, f"{item.thumb}480.jpg", JPEG),
    }


def open_reference(item: ItemFacts, settings: Settings) -> tuple[BinaryIO, str]:
    """The bytes of an item that is referred to, and their type. Gone when they are no longer where they were."""
    if item.state in ("erased", "unread") or item.asset_state != "referenced":
        raise NotFound("collect.no_reference", "This item has no bytes elsewhere.", {"id": str(item.id)})
    media_type = item.media_type if item.media_type in SHOWN_BY_BROWSERS else "application/octet-stream"
    try:
        return open_address(item.location, settings), media_type
    except OSError as error:
        raise Gone(
            "collect.reference_gone", f"{item.location} can no longer be read.", {"address": item.location}
        ) from error
