using System.Security.Cryptography;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Drawing;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Tests.Drawing;

public sealed class DrawnDatasetsTests
{
    public static TheoryData<string> Names => [.. DrawnDatasets.Names];

    [Fact]
    public void There_are_at_least_eight_with_names_and_fingerprints_of_their_own()
    {
        Assert.True(DrawnDatasets.Names.Count >= 8);
        Assert.All(DrawnDatasets.Names, name => Assert.StartsWith("tiny-", name));
        Assert.Distinct(DrawnDatasets.Names);
        Assert.Distinct(DrawnDatasets.Names.Select(name => Open(name).Fingerprint));
        Assert.All(DrawnDatasets.Names, name => Assert.NotEmpty(DrawnDatasets.Shift(name)));
        Assert.Null(DrawnDatasets.Find("tiny-nothing"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_test_split_has_a_thousand_images_in_balance(string name)
    {
        var dataset = Open(name);

        var labels = dataset.Load(16, 1, null).Test.Labels;

        Assert.True(labels.Count >= 1000);
        var counts = labels.CountBy(label => label).ToDictionary();
        Assert.Equal(Enumerable.Range(0, dataset.ClassNames.Count), counts.Keys.Order());
        Assert.Single(counts.Values.Distinct());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(64)]
    public void Shots_and_validation_shots_are_balanced_and_as_many_as_counted(int shots)
    {
        foreach (var dataset in DrawnDatasets.Names.Select(Open))
        {
            var data = dataset.Load(shots, 3, null);

            Assert.All(data.Train.Labels.CountBy(label => label), pair => Assert.Equal(shots, pair.Value));
            Assert.All(data.Validation.Labels.CountBy(label => label), pair => Assert.Equal(Math.Min(shots, 4), pair.Value));
            Assert.Equal(dataset.Counts(shots), (data.Train.Labels.Count, data.Validation.Labels.Count, data.Test.Labels.Count));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_image_is_in_two_splits_or_twice_in_one(string name)
    {
        var data = Open(name).Load(64, 1, null);

        var images = new[] { data.Train, data.Validation, data.Test }.SelectMany(Pixels).ToList();

        Assert.Equal(images.Count, images.Distinct().Count());
    }

    [Fact]
    public void Streams_of_one_recipe_share_no_image_with_each_other_or_with_another_recipe()
    {
        // As many streams as all data sets have, of the same recipe and class: only the random key can tell them apart.
        var recipe = DrawnRecipes.All[0];
        var streams = Enumerable.Range(0, 2 * DrawnRecipes.All.Length).Select(stream => new DrawnSplit(recipe, stream, 60));

        var images = streams.SelectMany(Pixels).ToList();

        Assert.Equal(images.Count, images.Distinct().Count());
    }

    [Fact]
    public void Seeds_draw_other_shots_and_the_same_test_images()
    {
        var dataset = Open("tiny-kinds");

        var (one, again, two) = (dataset.Load(16, 1, null), dataset.Load(16, 1, null), dataset.Load(16, 2, null));

        Assert.Equal(Pixels(one.Train), Pixels(again.Train));
        Assert.True(Pixels(one.Train).Intersect(Pixels(two.Train)).Count() < 64);
        Assert.Equal(Pixels(one.Test).Take(50), Pixels(two.Test).Take(50));
    }

    [Fact]
    public void Images_are_the_same_in_any_order_and_on_any_thread()
    {
        foreach (var test in DrawnDatasets.Names.Select(name => Open(name).Load(1, 1, null).Test))
        {
            var forwards = Enumerable.Range(0, 40).Select(test.Load).Select(Key).ToList();
            var backwards = Enumerable.Range(0, 40).Reverse().Select(test.Load).Select(Key).Reverse();
            var threads = new string[40];
            Parallel.For(0, 40, i => threads[i] = Key(test.Load(i)));

            Assert.Equal(forwards, backwards);
            Assert.Equal(forwards, threads);
        }
    }

    [Fact]
    public void Images_are_those_of_the_recipe_version()
    {
        // Changes with any change of a recipe or of the drawing: raise DrawnRecipes.Version with it.
        var all = string.Concat(DrawnDatasets.Names.SelectMany(name => Pixels(Open(name).Load(1, 1, null).Test).Take(24)));

        Assert.Equal(2, DrawnRecipes.Version);
        Assert.Equal("42844749b6ec4e30", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(all)))[..16]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(97)]
    public void More_shots_than_there_are_images_are_refused_in_one_line(int shots)
    {
        var error = Assert.Throws<InvalidInputException>(() => Open("tiny-foggy").Load(shots, 1, null));

        Assert.Equal(
            $"Data set tiny-foggy supports 1 to 96 shots, but the spec has {shots}; use a number in that range.", error.Message);
        Assert.Throws<InvalidInputException>(() => Open("tiny-foggy").Counts(shots));
    }

    [Fact]
    public void A_template_is_the_data_sets_own_unless_given_and_needs_a_place_for_the_name()
    {
        var dataset = Open("tiny-tinted");

        Assert.Equal("a photo of a red circle.", dataset.Load(1, 1, null).Prompt(0));
        Assert.Equal("so red.", dataset.Load(1, 1, "so {}.").Prompt(0));
        Assert.Contains("'none'", Assert.Throws<InvalidInputException>(() => dataset.Load(1, 1, "none")).Message, StringComparison.Ordinal);
    }

    private static IDataset Open(string name) => DrawnDatasets.Find(name)!;

    private static List<string> Pixels(IImageSplit split) => [.. Enumerable.Range(0, split.Labels.Count).Select(split.Load).Select(Key)];

    private static string Key(RgbImage image) => Convert.ToBase64String(image.Pixels);
}
