python train.py config/finetune_shakespeare.py
python train.py config/finetune_shakespeare.py --batch_size=32
