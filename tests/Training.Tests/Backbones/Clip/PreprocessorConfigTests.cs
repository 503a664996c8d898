using AdaptCluster.Contracts;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Tests.Data;

namespace AdaptCluster.Training.Tests.Backbones.Clip;

/// <summary>
/// What a snapshot says of its images is followed or refused by name: the numbers of images prepared otherwise look sound and are wrong.
/// </summary>
public sealed class PreprocessorConfigTests : IDisposable
{
    private const string OfOpenAi = """
        {"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true, "feature_extractor_type": "CLIPFeatureExtractor",
         "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "size": 224}
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_snapshot_that_says_nothing_and_one_that_says_what_OpenAIs_does_give_the_same_values()
    {
        var plain = Prepared(Load());
        Assert.Equal(Prepared(new ClipPreprocessor(224)), plain);

        Assert.Equal(plain, Prepared(Load(OfOpenAi)));
        Assert.Equal(
            plain,
            Prepared(
            Load("""{"size": {"shortest_edge": 224}, "crop_size": {"height": 224, "width": 224}, "do_rescale": true, "rescale_factor": 0.00392156862745098}""")));
    }

    [Theory]
    [InlineData("preprocessor_config.json", """{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}""")]
    [InlineData("open_clip_config.json",
        """{"model_cfg": {"embed_dim": 768}, "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}}""")]
    [InlineData("processor_config.json",
        """{"image_processor": {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}, "processor_class": "CLIPProcessor"}""")]
    public void Mean_and_deviation_are_the_snapshots(string file, string json)
    {
        File.WriteAllText(_folder.At(file), json);

        var values = Prepared(Load(size: 8), 8);

        var image = TestImages.Pattern(8, 8);
        Assert.Equal(((image.Pixels[0] / 255f) - 0.5f) / 0.5f, values[0]);
        Assert.Equal(((image.Pixels[(63 * 3) + 2] / 255f) - 0.5f) / 0.5f, values[^1]);
    }

    [Fact]
    public void Values_may_stay_as_they_are_and_be_scaled_otherwise()
    {
        var image = TestImages.Pattern(8, 8);

        Assert.Equal(image.Pixels[0] / 255f, Prepared(Load("""{"do_normalize": false}""", 8), 8)[0]);
        Assert.Equal(image.Pixels[0], Prepared(Load("""{"do_normalize": false, "do_rescale": false}""", 8), 8)[0]);
        Assert.Equal(image.Pixels[0] * 0.5f, Prepared(Load("""{"do_normalize": false, "rescale_factor": 0.5}""", 8), 8)[0]);
    }

    [Fact]
    public void A_longer_shorter_side_leaves_a_smaller_part_of_the_image()
    {
        var whole = new ClipPreprocessor(32).ResizeAndCrop(TestImages.Pattern(61, 100));
        var centre = new ClipPreprocessor(PreprocessorSettings.Of(32) with { ShorterSide = 40 }).ResizeAndCrop(TestImages.Pattern(61, 100));

        Assert.Equal((32, 32), (centre.Width, centre.Height));
        Assert.NotEqual(whole.Pixels, centre.Pixels);
        // torchvision: Resize(40) makes 40 x 65 of it, CenterCrop(32) begins at (4, 16).
        Assert.Equal(Resampling.Resize(TestImages.Pattern(61, 100), new PixelBox(0, 0, 61, 100), 40, 65,
            new PixelBox(4, 16, 32, 32)).Pixels, centre.Pixels);
    }

    [Theory]
    [InlineData("""{"resample": 2}""", "resample is 2; expected 3 (bicubic)")]
    [InlineData("""{"do_center_crop": false}""", "do_center_crop is false; expected true")]
    [InlineData("""{"do_resize": false}""", "do_resize is false; expected true")]
    [InlineData("""{"crop_size": 336}""", "crop_size is 336; expected 224, the image_size of config.json")]
    [InlineData("""{"crop_size": {"height": 224, "width": 336}}""", "crop_size is {\"height\": 224, \"width\": 336}; expected 224")]
    [InlineData("""{"size": 200}""", "size is 200; expected at least 224")]
    [InlineData("""{"do_pad": true}""", "do_pad is true; expected false; this step is not supported")]
    [InlineData("""{"do_thumbnail": 1}""", "do_thumbnail is 1; expected true or false")]
    [InlineData("""{"use_square_size": true}""", "use_square_size is true; expected false; images that are squeezed into a square")]
    [InlineData("""{"default_to_square": true, "size": 224}""", "default_to_square is true; expected false; images that are squeezed")]
    [InlineData("""{"size": {"height": 224, "width": 224}}""",
        "expected {\"shortest_edge\": 224}; images that are squeezed into a square are not supported")]
    [InlineData("""{"image_mean": [0.5, 0.5]}""", "image_mean is [0.5, 0.5]; expected three numbers from -1000 to 1000")]
    [InlineData("""{"image_std": [0.5, 0, 0.5]}""", "image_std is [0.5, 0, 0.5]; expected three numbers from 1E-06 to 1000")]
    [InlineData("""[]""", "the file must be a JSON object")]
    [InlineData("""{"size": """, "not valid JSON")]
    public void What_cannot_be_followed_is_refused_by_file_key_and_value(string json, string words)
    {
        var error = Assert.Throws<InvalidInputException>(() => Load(json));

        Assert.StartsWith(_folder.At(PreprocessorConfig.FileName), error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_change_no_number_are_passed_over() =>
        Assert.Equal(Prepared(new ClipPreprocessor(224)), Prepared(Load("""
            {"do_pad": null, "do_thumbnail": false, "do_convert_rgb": true, "use_square_size": false, "default_to_square": true,
             "size": {"shortest_edge": 224}, "data_format": "channels_first", "return_tensors": null}
            """)));

    [Theory]
    [InlineData("""{"image_processor": {"do_pad": true}}""", "image_processor.do_pad is true; expected false")]
    [InlineData("""{"image_processor": {"resample": 2}}""", "image_processor.resample is 2; expected 3 (bicubic)")]
    [InlineData("""{"image_processor": [1]}""", "image_processor is [1]; expected a JSON object")]
    public void What_the_newer_file_asks_for_is_refused_alike(string json, string words)
    {
        File.WriteAllText(_folder.At(PreprocessorConfig.ProcessorFileName), json);

        var error = Assert.Throws<InvalidInputException>(() => Load());

        Assert.StartsWith(_folder.At("processor_config.json"), error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_processor_file_without_a_part_for_images_says_nothing_of_them()
    {
        File.WriteAllText(_folder.At(PreprocessorConfig.ProcessorFileName), """{"processor_class": "CLIPProcessor"}""");

        Assert.Equal(Prepared(new ClipPreprocessor(224)), Prepared(Load()));
        Assert.Equal(((TestImages.Pattern(8, 8).Pixels[0] / 255f) - 0.5f) / 0.5f,
            Prepared(Load("""{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}""", 8), 8)[0]);
    }

    [Fact]
    public void Two_files_that_contradict_each_other_are_refused()
    {
        File.WriteAllText(_folder.At(PreprocessorConfig.OpenClipFileName),
            """{"preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}}""");

        Assert.Contains("open_clip_config.json beside it has [0.5, 0.5, 0.5]",
            Assert.Throws<InvalidInputException>(() => Load(OfOpenAi)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"image_mean": [0, 0, 0]}""", "image_mean and image_std are [0.48145466, 0.4578275, 0.40821073]", "has [0, 0, 0]")]
    [InlineData("""{"size": 300}""", "size and rescale_factor are 224 and 0.00392", "has 300 and 0.00392")]
    [InlineData("""{"do_rescale": false}""", "size and rescale_factor are 224 and 0.00392", "has 224 and 1")]
    public void The_older_and_the_newer_file_must_agree(string newer, string first, string other)
    {
        File.WriteAllText(_folder.At(PreprocessorConfig.ProcessorFileName), $$"""{"image_processor": {{newer}}}""");

        var error = Assert.Throws<InvalidInputException>(() => Load(OfOpenAi));

        Assert.StartsWith($"{_folder.At(PreprocessorConfig.FileName)}: {first}", error.Message, StringComparison.Ordinal);
        Assert.Contains($", but processor_config.json beside it {other}", error.Message, StringComparison.Ordinal);
    }

    private ClipPreprocessor Load(string? json = null, int size = 224)
    {
        if (json is not null) File.WriteAllText(_folder.At(PreprocessorConfig.FileName), json);
        return new(PreprocessorConfig.Load(_folder.Root, size));
    }

    private static float[] Prepared(ClipPreprocessor preprocessor, int size = 300)
    {
        var values = new float[3 * preprocessor.Size * preprocessor.Size];
        preprocessor.Prepare(TestImages.Pattern(size, size), values);
        return values;
    }
}
