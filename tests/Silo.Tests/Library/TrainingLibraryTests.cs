using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Silo.Library;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Silo.Tests.Library;

public sealed class TrainingLibraryTests : IDisposable
{
    private static readonly DatasetSource Photos = new() { Name = "photos", Format = "folder", Path = "photos" };
    private readonly ScratchLibrary _scratch = new();

    private TrainingLibrary Library => _scratch.Library;

    private string Config => _scratch.At("models", "clip", "config.json");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_plan_sees_a_data_set_whose_files_changed_and_a_worker_keeps_its_own_until_then()
    {
        _scratch.Fill("photos", 3, "a", "b");
        var before = Library.CurrentDataset(Photos);
        Assert.Same(before, Library.CurrentDataset(Photos));
        File.WriteAllText(_scratch.At("photos", "a", "1.png"), "x 1");
        ScratchLibrary.Touch(_scratch.At("photos", "a", "1.png"));

        Assert.Same(before, Library.Dataset(Photos));
        var after = Library.CurrentDataset(Photos);
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        Assert.Same(after, Library.Dataset(Photos));
    }

    [Fact]
    public void An_image_of_ImageNet_that_was_written_over_in_place_is_refused_once_and_the_data_set_is_opened_again_for_the_next_plan()
    {
        MiniatureTrees.Make(_scratch.At(), "imagenet");
        var source = new DatasetSource { Name = "imagenet", Format = "coop" };
        var before = Library.CurrentDataset(source);
        foreach (var image in Directory.EnumerateFiles(_scratch.At("imagenet", "images", "train"), "*.JPEG", SearchOption.AllDirectories))
        {
            using var file = new FileStream(image, FileMode.Append);
            file.WriteByte(0);
        }

        Assert.Same(before, Library.CurrentDataset(source));
        Assert.Throws<InvalidInputException>(() => LoadAll(before));
        var after = Library.CurrentDataset(source);
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        LoadAll(after);
    }

    [Fact]
    public void A_file_that_was_only_touched_does_not_stop_a_worker_for_good()
    {
        MiniatureTrees.Make(_scratch.At(), "dtd");
        var source = new DatasetSource { Name = "dtd", Format = "coop" };
        var before = Library.CurrentDataset(source);
        foreach (var image in Directory.EnumerateFiles(_scratch.At("dtd", "images"), "*.jpg", SearchOption.AllDirectories))
            ScratchLibrary.Touch(image);
        Assert.Throws<InvalidInputException>(() => LoadAll(before));
        LoadAll(Library.Dataset(source, before.Fingerprint));
    }

    [Fact]
    public void Data_sets_that_differ_in_name_and_template_alone_are_opened_once()
    {
        _scratch.Fill("photos", 3, "a", "b");
        Assert.Same(Library.Dataset(Photos), Library.Dataset(Photos with { Name = "others", Template = "the {}" }));
    }

    [Fact]
    public void A_plan_sees_a_backbone_whose_files_changed_and_the_old_one_stays_usable()
    {
        var before = Library.CurrentBackbone("clip");
        Assert.Same(before, Library.CurrentBackbone("clip"));
        File.AppendAllText(Config, "\n");
        ScratchLibrary.Touch(Config);

        Assert.Same(before, Library.Backbone("clip"));
        var after = Library.CurrentBackbone("clip");
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        Assert.Same(after, Library.Backbone("clip"));
        Assert.NotNull(Encode(before));
        Assert.Equal(Encode(before), Encode(after));
    }

    [Theory]
    [InlineData("preprocessor_config.json", "{0}")]
    [InlineData("processor_config.json", """{"image_processor": {0}}""")]
    public void How_a_snapshot_wants_its_images_is_followed_and_hashed(string file, string text)
    {
        var before = Library.CurrentBackbone("clip");
        const string half = """{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}""";
        File.WriteAllText(_scratch.At("models", "clip", file), text.Replace("{0}", half, StringComparison.Ordinal));

        var after = Library.CurrentBackbone("clip");

        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        var white = Prepared(after);
        Assert.All(white, value => Assert.Equal(1f, value));
        Assert.NotEqual(white, Prepared(before));
    }

    [Fact]
    public void A_backbone_whose_files_were_only_touched_stays_the_same_object()
    {
        var before = Library.CurrentBackbone("clip");
        ScratchLibrary.Touch(Config);

        Assert.Same(before, Library.CurrentBackbone("clip"));
        Assert.NotNull(Encode(before));
    }

    [Fact]
    public void A_worker_takes_a_kept_data_set_with_the_planned_fingerprint_and_opens_another_again()
    {
        _scratch.Fill("photos", 3, "a", "b");
        var first = Library.Dataset(Photos);
        Assert.Same(first, Library.Dataset(Photos, first.Fingerprint));

        File.WriteAllText(_scratch.At("photos", "a", "1.png"), "x 1");
        using var planner = new TrainingLibrary(_scratch.Settings);
        var planned = planner.CurrentDataset(Photos).Fingerprint;
        Assert.Equal(planned, Library.Dataset(Photos, planned).Fingerprint);
        Assert.NotEqual(first.Fingerprint, planned);
    }

    [Fact]
    public void Files_that_are_not_those_of_the_plan_are_refused_with_both_fingerprints()
    {
        _scratch.Fill("photos", 3, "a", "b");
        var found = Library.Dataset(Photos).Fingerprint;
        var clip = Library.Backbone("clip").Fingerprint;

        Assert.Equal(
            $"data set 'photos' has changed since the sweep was planned (sha-256 {found[..12]}, planned {new string('0', 12)}); "
            + "restore it and retry the failed jobs, or submit the sweep again to use the changed files.",
            Assert.Throws<InvalidInputException>(() => Library.Dataset(Photos, new string('0', 64))).Message);
        Assert.Equal(
            $"backbone 'clip' has changed since the sweep was planned (sha-256 {clip[..12]}, planned {new string('0', 12)}); "
            + "restore it and retry the failed jobs, or submit the sweep again to use the changed files.",
            Assert.Throws<InvalidInputException>(() => Library.Backbone("clip", new string('0', 64))).Message);
    }

    [Fact]
    public void A_worker_opens_a_backbone_again_when_its_files_became_those_of_the_plan()
    {
        var first = Library.Backbone("clip");
        Assert.Same(first, Library.Backbone("clip", first.Fingerprint));
        File.AppendAllText(Config, "\n");
        using var planner = new TrainingLibrary(_scratch.Settings);
        var planned = planner.CurrentBackbone("clip").Fingerprint;

        Assert.Equal(planned, Library.Backbone("clip", planned).Fingerprint);
        Assert.NotNull(Encode(first));
    }

    [Fact]
    public void A_failure_is_not_kept()
    {
        Assert.Throws<InvalidInputException>(() => Library.CurrentDataset(Photos));
        _scratch.Fill("photos", 3, "a", "b");
        Assert.Equal(["a", "b"], Library.CurrentDataset(Photos).ClassNames);
    }

    private static void LoadAll(IDataset dataset)
    {
        var train = dataset.Load(shots: 4, seed: 1, template: null).Train;
        for (var i = 0; i < train.Labels.Count; i++) train.Load(i);
    }

    /// <summary>The values of a white image.</summary>
    private static float[] Prepared(Backbone backbone)
    {
        var size = backbone.Preprocessor.Size;
        var values = new float[3 * size * size];
        backbone.Preprocessor.Prepare(new RgbImage(size, size, [.. Enumerable.Repeat((byte)255, values.Length)]), values);
        return values;
    }

    private static float[] Encode(Backbone backbone)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return backbone.Model.EncodeTexts(TorchSharp.torch.tensor(new long[] { 698, 5, 699 }, [1, 3])).data<float>().ToArray();
    }
}
