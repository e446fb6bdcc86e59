axolotl train sft.yaml --max-steps=30 gradient_accumulation_steps=4
