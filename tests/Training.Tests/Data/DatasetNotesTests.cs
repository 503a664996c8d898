using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Folders;
using AdaptCluster.Training.Drawing;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

public sealed class DatasetNotesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private int _written;

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

        Assert.Contains("its images were split by AdaptCluster", Notes("own")[^1], StringComparison.Ordinal);
        Assert.Equal("it has 2 classes with 6 training, 6 validation and 6 test images", Assert.Single(Notes("given")));
        Assert.Contains("validation shots are drawn from the remaining training images", Notes("half")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_whose_texts_are_equal_to_the_tokenizer_are_noted_with_their_names()
    {
        Fill("set/train", "red hat", "red_hat", "Red Hat", "c");
        Fill("set/test", "red hat", "red_hat", "Red Hat", "c");
        Fill("set/validation", "red hat", "red_hat", "Red Hat", "c");

        Assert.Equal(
            "the classes 'Red Hat', 'red hat', 'red_hat' have the same prompt 'a photo of a Red Hat.', so no model can distinguish them",
            Notes("set")[^1]);
    }

    [Fact]
    public void Equal_contents_in_several_splits_or_classes_are_noted_with_the_first_pair()
    {
        Fill("set/train", "cat", "dog");
        Fill("set/test", "cat", "dog");
        var png = TestImages.Encode(TestImages.Pattern(5, 5), SKEncodedImageFormat.Png);
        foreach (var place in (string[])["train/cat", "train/dog", "test/cat"]) _folder.Write($"set/{place}/same.png", png);
        var notes = Notes("set");
        Assert.Contains("1 image has copies in several splits, so some training images are also test images: train/cat/same.png "
            + "(train) and test/cat/same.png (test)", notes);
        Assert.Contains("1 image has copies in several classes: train/cat/same.png ('cat') and train/dog/same.png ('dog')",
            notes);
    }

    [Theory]
    [InlineData("0", "1")]
    [InlineData("n01440764", "n02345_shoe")]
    public void Names_without_a_word_are_noted_with_the_key_that_names_them(string first, string second)
    {
        Fill("set/train", first, second);
        Fill("set/test", first, second);
        Assert.Contains(Notes("set"), note => note.StartsWith("2 of 2 class names contain no word", StringComparison.Ordinal)
            && note.Contains("'names'", StringComparison.Ordinal));
    }

    [Fact]
    public void The_counts_of_a_drawn_set_are_noted_as_those_of_files_are() =>
        Assert.Equal(
            ["it is generated on demand; 4 shots give 8 classes with 32 training, 32 validation and 1,000 test images"],
            DatasetNotes.Of(DrawnDatasets.Find("tiny-kinds")!, shots: 4, template: null));

    private string[] Notes(string path) => [.. DatasetNotes.Of(FolderDataset.Open([_folder.Root], path), shots: 1, template: null)];

    private void Fill(string folder, params string[] classes)
    {
        foreach (var name in classes)
        {
            for (var i = 0; i < 3; i++)
                _folder.Write($"{folder}/{name}/{i}.png",
                    TestImages.Encode(TestImages.Pattern(2 + _written++, 3), SKEncodedImageFormat.Png));
        }
    }
}
