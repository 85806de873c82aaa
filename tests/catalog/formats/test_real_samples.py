"""Files that other tools wrote, where they are at hand: found by `auto`, with counts looked up in the files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tongguan.catalog.formats.base import Report
from tongguan.catalog.formats.registry import detect
from tongguan.catalog.formats.tree import open_tree

DATA = Path(os.environ.get("TONGGUAN_DATA", Path(__file__).resolve().parents[3] / "../shared/data"))
pytestmark = pytest.mark.skipif(not (DATA / "formats").is_dir(), reason=f"no real data at {DATA} (TONGGUAN_DATA)")

# Folder, format, items, labels by kind.
SAMPLES = [
    ("coco_dataset/coco", "coco", 2, {"text_answer": 3, "skeleton": 3, "class": 3, "mask": 3}),
    ("coco_dataset/coco_captions", "coco", 2, {"text_answer": 3}),
    ("coco_dataset/coco_image_info", "coco", 2, {}),
    ("coco_dataset/coco_instances", "coco", 2, {"box": 2, "mask": 1}),
    ("coco_dataset/coco_labels", "coco", 2, {"class": 3}),
    ("coco_dataset/coco_panoptic", "coco", 2, {"mask": 3}),
    ("coco_dataset/coco_person_keypoints", "coco", 2, {"skeleton": 3}),
    ("coco_dataset/coco_roboflow", "coco", 2, {"box": 2, "mask": 1}),
    ("coco_dataset/coco_stuff", "coco", 2, {"mask": 2}),
    ("coco_dataset/mmdet_coco", "coco", 2, {"box": 2, "mask": 1}),
    ("cvat_dataset/for_images/export_project", "cvat", 6, {"box": 3, "polyline": 3, "polygon": 3, "points": 3}),
    ("cvat_dataset/for_images/export_task", "cvat", 2, {"box": 1, "points": 1}),
    ("cvat_dataset/for_video", "cvat", 1, {"track": 3}),
    ("cvat_dataset", "cvat", 9, {"box": 4, "polyline": 3, "polygon": 3, "points": 4, "track": 3}),
    ("datumaro_dataset/legacy", "datumaro", 4, {"class": 7}),
    ("imagenet_dataset", "class-folders", 4, {"class": 3}),
    ("kitti_dataset/kitti_3d", "kitti", 1, {"cuboid": 2, "box": 1}),
    ("kitti_dataset/kitti_3d_with_subset", "kitti", 3, {"cuboid": 3, "box": 2}),
    ("kitti_dataset/kitti_detection", "kitti", 2, {"box": 5}),
    ("kitti_dataset/kitti_raw", "kitti", 3, {"cuboid": 4}),
    ("kitti_dataset/kitti_segmentation", "kitti", 2, {"mask": 6}),
    ("label-studio/export_csv", "label-studio", 4, {"box": 3, "class": 2}),
    ("label-studio/export_json_min", "label-studio", 2, {"polygon": 1, "box": 1}),
    ("label-studio/import_yolo_data", "yolo", 7, {"box": 25}),
    ("labelme_dataset", "labelme", 1, {"polygon": 4, "mask": 2, "box": 1}),
    ("mot_dataset/mot_seq", "mot", 1, {"box": 1}),
    ("mot_dataset/mot_seq_with_seqinfo", "mot", 1, {"box": 1}),
    ("sly_pointcloud_dataset", "supervisely", 2, {"class": 2, "cuboid": 3}),
    ("voc_dataset/voc_dataset1", "voc", 2, {"box": 2, "mask": 1}),
    ("voc_dataset/voc_dataset2", "voc", 5, {"box": 4}),
    ("voc_dataset/voc_dataset3", "voc", 1, {"box": 1}),
    ("yolo_dataset/annotations", "yolo", 1, {"box": 2}),
    ("yolo_dataset/labels", "yolo", 2, {"box": 4}),
    ("yolo_dataset/strict", "yolo", 1, {"box": 2}),
    ("../neu-det", "voc", 1260, {"box": 2954}),
    ("../insulators", "voc", 150, {"box": 278}),
    ("../spoken-digits", "csv", 800, {"class": 800}),
]


@pytest.mark.parametrize(("folder", "format_id", "items", "labels"), SAMPLES)
def test_a_real_folder_is_found_and_counted(folder: str, format_id: str, items: int, labels: dict[str, int]) -> None:
    tree = open_tree(DATA / "formats" / folder)
    report = Report()
    found = detect(tree)
    read = list(found.format.read(tree, report))
    assert (found.format.id, report.items, report.labels) == (format_id, items, labels)
    assert len({item.name for item in read}) == items


def test_the_sentences_of_weibo() -> None:
    tree = open_tree(DATA / "ner-weibo")
    report = Report()
    found = detect(tree)
    read = list(found.format.read(tree, report))
    assert found.format.id == "conll"
    assert not report.refused
    tags = [line.partition("\t")[2] for line in (DATA / "ner-weibo/train.conll").read_text("utf-8").split("\n")]
    # As conlleval counts: B begins, and so does an I of another label class than the tag before it.
    begun = sum(
        tag[:1] == "B" or (tag[:1] == "I" and tag[2:] != before[2:])
        for before, tag in zip(["", *tags], tags, strict=False)
    )
    train = [item for item in read if item.side == "train"]
    assert sum(len(item.labels or ()) for item in train) == begun
    assert train[0].text == "科技全方位资讯智能，快捷的汽车生活需要有三屏一云爱你"
