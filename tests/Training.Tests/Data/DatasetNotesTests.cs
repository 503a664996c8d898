using AdaptCluster.Training.Data;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

public sealed class DatasetNotesTests : IDisposable
{
    private static readonly byte[] Png = TestImages.Encode(TestImages.Pattern(4, 3), SKEncodedImageFormat.Png);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_set_that_this_project_split_is_noted_and_one_with_splits_of_its_own_is_not()
    {
        Fill("own", "cat", "dog");
        Fill("given/train", "cat", "dog");
        Fill("given/test", "cat", "dog");
        Fill("given/validation", "cat", "dog");
        Fill("half/train", "cat", "dog");
        Fill("half/test", "cat", "dog");

        Assert.Contains("its images are split by this project", Assert.Single(Notes("own")), StringComparison.Ordinal);
        Assert.Empty(Notes("given"));
        Assert.Contains("validation shots are training images that were not chosen", Assert.Single(Notes("half")), StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_whose_texts_are_equal_to_the_tokenizer_are_noted_with_their_names()
    {
        Fill("set/train", "a b", "a_b", "A B", "c");
        Fill("set/test", "a b", "a_b", "A B", "c");
        Fill("set/validation", "a b", "a_b", "A B", "c");

        Assert.Equal(
            "the classes 'A B', 'a b', 'a_b' have the same text 'a photo of a A B.', so no model can tell them apart by it",
            Assert.Single(Notes("set")));
    }

    private string[] Notes(string path) => [.. DatasetNotes.Of(FolderDataset.Open(_folder.Root, path), shots: 1, template: null)];

    private void Fill(string folder, params string[] classes)
    {
        foreach (var name in classes)
        {
            for (var i = 0; i < 3; i++) _folder.Write($"{folder}/{name}/{i}.png", Png);
        }
    }
}
