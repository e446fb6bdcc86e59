#!/bin/bash
python src/train.py trainer.max_epochs=5
python src/train.py experiment=example
