#!/usr/bin/python3
"""Makes miniature MAT files of the forms of Oxford Flowers and Stanford Cars, by SciPy 1.10: 3 classes, 8 images each, 3 test cars a class."""
import os

import numpy
from scipy.io import savemat

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def annotations(images):
    rows = [(1, 2, 30, 40, label, f"{number:05d}.jpg") for number, label in enumerate(images, 1)]
    names = ["bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2", "class", "fname"]
    return numpy.array([tuple(rows[i]) for i in range(len(rows))], dtype=[(name, object) for name in names]).reshape(1, -1)


# Classes in another order than their numbers: CoOp lists them in order of first appearance.
labels = [3] * 8 + [1] * 8 + [2] * 8
savemat("imagelabels.mat", {"labels": numpy.array([labels], dtype=numpy.uint8)}, do_compression=True)
savemat("cars_train_annos.mat", {"annotations": annotations([2] * 8 + [1] * 8 + [3] * 8)}, do_compression=True)
savemat("cars_test_annos_withlabels.mat", {"annotations": annotations([1] * 3 + [2] * 3 + [3] * 3)}, do_compression=False)
classes = ["AM General Hummer SUV 2000", "Acura RL Sedan 2012", "Acura TL Sedan 2012"]
savemat("cars_meta.mat", {"class_names": numpy.array([classes], dtype=object)}, do_compression=True)
