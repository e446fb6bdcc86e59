python main.py fit --config config.yaml --trainer.max_epochs 6
