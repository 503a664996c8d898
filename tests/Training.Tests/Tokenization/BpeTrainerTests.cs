using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Tests.Data;
using AdaptCluster.Training.Tokenization;
using CsCheck;

namespace AdaptCluster.Training.Tests.Tokenization;

public class BpeTrainerTests
{
    [Fact]
    public void Ids_are_in_OpenAIs_order()
    {
        var vocabulary = BpeTrainer.Train(["ab", "abc"]);
        Assert.Equal(512 + 3 + 2, vocabulary.Tokens.Count);
        Assert.Equal(["!", "\""], vocabulary.Tokens.Take(2));
        Assert.Equal(["!</w>", "\"</w>"], vocabulary.Tokens.Skip(256).Take(2));
        // The pair "a b" occurs once only: the b of "ab" ends a word. Ties go to the pair that sorts first.
        Assert.Equal(["ab", "ab</w>", "abc</w>", "<|startoftext|>", "<|endoftext|>"], vocabulary.Tokens.Skip(512));
        Assert.Equal((515, 516), (vocabulary.StartId, vocabulary.EndId));
    }

    [Fact]
    public void The_commonest_pair_merges_first() =>
        Assert.Equal(["xy", "xyz</w>", "ab</w>"], BpeTrainer.Train(["ab", "xyz", "xyz"]).Tokens.Skip(512).Take(3));

    [Fact]
    public void No_words_give_the_bytes_alone() => Assert.Equal(514, BpeTrainer.Train([]).Tokens.Count);

    [Fact]
    public void Every_word_becomes_one_token_whatever_the_words_and_their_order()
    {
        using var folder = new ScratchFolder();
        Gen.String["abcé'1. "].Array[1, 12].Sample(
            words =>
            {
                var vocabulary = BpeTrainer.Train(words);
                Assert.Equal(vocabulary.Tokens, BpeTrainer.Train(words.Reverse()).Tokens);
                Assert.Equal(vocabulary.Tokens.Count, vocabulary.Tokens.Distinct().Count());
                vocabulary.Save(folder.Root);
                var tokenizer = ClipTokenizer.Load(folder.Root, 10_000, vocabulary.StartId, vocabulary.EndId);
                foreach (var word in words)
                    Assert.Equal(WordSplitter.Split(TextCleaner.Clean(word)).Count() + 2, tokenizer.Encode(word).Length);
            },
            iter: 100,
            threads: 1);
    }
}
