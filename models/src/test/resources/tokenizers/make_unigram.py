"""Trains a unigram vocabulary with SentencePiece 0.2 and records how it cuts random texts.

usage: make_unigram.py TOOLS OUT TEXT... [--large]
TOOLS holds ggufio.py (../shared/fixtures/tools), TEXT what to train on. The files here: README.md.
--large: 2,000 tokens, all of NFKC in the character map, 20,000 texts.
"""
import io
import json
import random
import sys

large = '--large' in sys.argv
tools, out, *files = [argument for argument in sys.argv[1:] if argument != '--large']
sys.path.insert(0, tools)
import sentencepiece
from ggufio import F32, I32, STR, U8, Writer

RULES = [('ﬁ', 'fi'), ('Ａ', 'A'), ('①', '1'), ('e\u0301', 'é'), ('e\u0301\u0323', 'ẹ́'), ('\u3000', ' '),
         ('\t', ' '), ('\n', ' '), ('\u00a0', ' '), ('\u200b', ''), ('…', '...'), ('ｶﾞ', 'ガ'), ('ｶ', 'カ')]
FOREIGN = ['Grüße aus Köln', 'привет мир, как дела', '你好世界 我们', 'こんにちは カタカナ', 'naïve café résumé']
ALPHABET = list('abcdefghij  .,;:!?0123456789ABCéüß你好½ÅＡ①…ｶ🙂𝒳ﷺ㍿각') + [
    'ｶﾞ', 'ﬁ', 'e\u0301', 'e\u0301\u0323', '\u3000', '\t', '\n', '\u200b', '\u00a0', '\u0300', 'прив', '  ']


def fields(message):
    """The fields of a protobuf message."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        length = {1: 8, 5: 4}.get(key & 7)
        if key & 7 == 0:
            yield key >> 3, varint()
            continue
        length = length or varint()
        yield key >> 3, message[at:at + length]
        at += length


text = [line.strip() for name in files for line in open(name, encoding='utf-8') if line.strip()] + FOREIGN * 20
options = {'normalization_rule_name': 'nmt_nfkc'}
if not large:
    with open(out + '/rules.tsv', 'w') as rules:
        for before, after in RULES:
            rules.write('\t'.join(' '.join('%X' % ord(each) for each in side) for side in (before, after)) + '\n')
    options = {'normalization_rule_tsv': out + '/rules.tsv'}
model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(text), model_writer=model, model_type='unigram', vocab_size=2000 if large else 300,
    hard_vocab_limit=False, character_coverage=0.99, bos_id=0, pad_id=1, eos_id=2, unk_id=3, minloglevel=2, **options)
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
normaliser = dict(fields(next(value for key, value in fields(model.getvalue()) if key == 3)))

tokens = range(processor.get_piece_size())
writer = Writer()
writer.str('general.architecture', 'bert')
writer.str('tokenizer.ggml.model', 't5')
writer.arr('tokenizer.ggml.tokens', STR, [processor.id_to_piece(token) for token in tokens])
writer.arr('tokenizer.ggml.scores', F32, [processor.get_score(token) for token in tokens])
writer.arr('tokenizer.ggml.token_type', I32,
           [2 if processor.is_unknown(token) else 3 if processor.is_control(token) else 1 for token in tokens])
writer.arr('tokenizer.ggml.precompiled_charsmap', U8, list(normaliser[2]))
for part, token in (('bos', 0), ('padding', 1), ('eos', 2), ('unknown', 3)):
    writer.u32('tokenizer.ggml.%s_token_id' % part, token)
for flag in ('add_bos_token', 'add_eos_token', 'add_space_prefix', 'remove_extra_whitespaces'):
    writer.bool('tokenizer.ggml.' + flag, True)
writer.write(out + '/unigram.gguf')

random.seed(1)
words = ' '.join(text).split()
texts = ['', ' ', '  a  b ', 'Hello world', 'ﬁne…', '🙂🙂 x🙂', 'e\u0301\u0323e\u0301e', '▁a', '\u200b', 'ｶﾞｶ']
for i in range(20000 if large else 100):
    letters = ''.join(random.choice(ALPHABET) for _ in range(random.randint(1, 30)))
    sentence = ' '.join(random.choice(words) for _ in range(random.randint(1, 12)))
    texts.append(random.choice([letters, sentence]))
records = [{'text': each, 'ids': [0] + processor.encode(each) + [2]} for each in texts]
with open(out + '/unigram.json', 'w', encoding='utf-8') as file:
    json.dump(records, file, ensure_ascii=False, indent=0)
