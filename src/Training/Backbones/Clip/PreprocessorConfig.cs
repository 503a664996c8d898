using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Backbones.Clip;

/// <summary>
/// Reads the image preprocessing settings of a snapshot. The source is the Hub's <c>preprocessor_config.json</c> (Hugging Face
/// transformers, CLIPImageProcessor), the "image_processor" section of the newer <c>processor_config.json</c>, or OpenCLIP's
/// <c>open_clip_config.json</c>. If there is no such file, OpenAI CLIP's preprocessing is used. Unsupported settings are rejected, because
/// different preprocessing gives results that look plausible but are wrong.
/// </summary>
public static class PreprocessorConfig
{
    /// <summary>The name of Hugging Face's preprocessor file.</summary>
    public const string FileName = "preprocessor_config.json";

    /// <summary>
    /// The name of the processor configuration file that transformers 5 and later write. The file may contain no image settings.
    /// </summary>
    public const string ProcessorFileName = "processor_config.json";

    /// <summary>The name of OpenCLIP's configuration file.</summary>
    public const string OpenClipFileName = "open_clip_config.json";

    /// <summary>PIL's number for the bicubic filter, which the files use.</summary>
    private const int Bicubic = 3;

    private const string ImageProcessor = "image_processor";
    private const string Squeezed = "expected false; images that are squeezed into a square are not supported";

    /// <summary>The supported preprocessing steps. The value of do_convert_rgb has no effect, because images are always RGB.</summary>
    private static readonly string[] Steps = ["do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb"];

    /// <summary>Returns the names of the files in a folder that define the image preprocessing. These files are part of a backbone's
    /// hash.</summary>
    /// <param name="folder">The snapshot.</param>
    public static IEnumerable<string> Files(string folder) =>
        ((string[])[FileName, ProcessorFileName, OpenClipFileName]).Where(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>Reads the preprocessing settings of a snapshot.</summary>
    /// <param name="folder">The snapshot.</param>
    /// <param name="size">The width and height of the model's images in pixels.</param>
    /// <exception cref="InvalidInputException">A file is damaged or has an unsupported setting, or two files contradict each
    /// other.</exception>
    public static PreprocessorSettings Load(string folder, int size)
    {
        var read = Files(folder).Select(name => (Name: name, Settings: Read(folder, name, size))).Where(file => file.Settings is not null)
            .Select(file => (file.Name, Settings: file.Settings!)).ToArray();
        if (read is not [var (first, settings), .. var others]) return PreprocessorSettings.Of(size);
        foreach (var (name, other) in others)
        {
            if (!other.Mean.SequenceEqual(settings.Mean) || !other.StandardDeviation.SequenceEqual(settings.StandardDeviation))
                throw Contradiction("image_mean and image_std", Words);
            // OpenCLIP's file contains neither.
            if (name != OpenClipFileName && (other.ShorterSide, other.Factor) != (settings.ShorterSide, settings.Factor))
                throw Contradiction("size and rescale_factor", SizeWords);

            InvalidInputException Contradiction(string keys, Func<PreprocessorSettings, string> words) => new(
                $"{Path.Combine(folder, first)}: {keys} are {words(settings)}, but {name} beside it has {words(other)}; "
                + "keep only the file that belongs to the weights.");
        }
        return settings;
    }

    private static string SizeWords(PreprocessorSettings settings) =>
        FormattableString.Invariant($"{settings.ShorterSide} and {settings.Factor ?? 1 / 255.0}");

    private static string Words(PreprocessorSettings settings) =>
        FormattableString.Invariant($"[{string.Join(", ", settings.Mean)}] and [{string.Join(", ", settings.StandardDeviation)}]");

    /// <returns>The settings; null if the file contains no image settings.</returns>
    private static PreprocessorSettings? Read(string folder, string name, int size)
    {
        var path = Path.Combine(folder, name);
        return SnapshotSection.Read(SnapshotSection.Bytes(path), path, root => name switch
        {
            FileName => HuggingFace(root, size),
            ProcessorFileName => !root.Has(ImageProcessor) ? null
                : HuggingFace(root.ObjectOrNull(ImageProcessor) ?? throw root.Bad(ImageProcessor, "expected a JSON object"), size),
            _ => OpenClip(root, size),
        });
    }

    private static PreprocessorSettings HuggingFace(SnapshotSection root, int size)
    {
        if (!root.Flag("do_resize", true)) throw root.Bad("do_resize", "expected true; images of different sizes cannot share a batch");
        if (!root.Flag("do_center_crop", true)) throw root.Bad("do_center_crop", "expected true; the model requires square images");
        RequireKnownSteps(root);
        if (root.Integer("resample", Bicubic, 0, 5) != Bicubic)
            throw root.Bad("resample", $"expected {Bicubic} (bicubic); other filters are not supported");
        int[] cropped = root.ObjectOrNull("crop_size") is { } crop
            ? [crop.Integer("height", size, 1, 4096), crop.Integer("width", size, 1, 4096)] : [root.Integer("crop_size", size, 1, 4096)];
        if (cropped.Any(side => side != size)) throw root.Bad("crop_size", $"expected {size}, the image_size of {ClipConfig.FileName}");
        var settings = PreprocessorSettings.Of(size);
        var normalises = root.Flag("do_normalize", true);
        return settings with
        {
            ShorterSide = ShorterSide(root, size),
            Factor = root.Flag("do_rescale", true) ? Factor(root) : 1,
            Mean = normalises ? root.Channels("image_mean", settings.Mean, -1000, 1000) : [0, 0, 0],
            StandardDeviation = normalises ? root.Channels("image_std", settings.StandardDeviation, 1e-6, 1000) : [1, 1, 1],
        };
    }

    private static void RequireKnownSteps(SnapshotSection root)
    {
        foreach (var key in root.Keys.Where(key => key.StartsWith("do_", StringComparison.Ordinal) && !Steps.Contains(key)))
            if (root.Flag(key, false)) throw root.Bad(key, "expected false; this step is not supported");
        // Both squeeze images into squares: the first if it is true, the second if it is true and the size is a single number.
        if (root.Flag("use_square_size", false)) throw root.Bad("use_square_size", Squeezed);
        if (root.Flag("default_to_square", false) && root.Has("size") && root.ObjectOrNull("size") is null)
            throw root.Bad("default_to_square", Squeezed);
    }

    private static int ShorterSide(SnapshotSection root, int size)
    {
        int side;
        if (root.ObjectOrNull("size") is { } edges)
        {
            if (!edges.Has("shortest_edge"))
                throw root.Bad("size", $"expected {{\"shortest_edge\": {size}}}; images that are squeezed into a square are not supported");
            side = edges.Integer("shortest_edge", size, 1, 4096);
        }
        else
        {
            side = root.Integer("size", size, 1, 4096);
        }
        return side >= size ? side : throw root.Bad("size", $"expected at least {size}, the image_size of {ClipConfig.FileName}");
    }

    /// <returns>The factor by which pixel values are multiplied; null for an exact division by 255, which files store as a rounded
    /// factor.</returns>
    private static double? Factor(SnapshotSection root)
    {
        var factor = root.Number("rescale_factor", 1 / 255.0, 1e-6, 1000);
        return Math.Abs((factor * 255) - 1) < 1e-6 ? null : factor;
    }

    /// <summary>Reads <c>preprocess_cfg</c>; see open_clip's <c>PreprocessCfg</c>.</summary>
    private static PreprocessorSettings OpenClip(SnapshotSection root, int size)
    {
        var settings = PreprocessorSettings.Of(size);
        if (root.ObjectOrNull("preprocess_cfg") is not { } preprocess) return settings;
        if (preprocess.Text("interpolation", "bicubic") != "bicubic")
            throw preprocess.Bad("interpolation", "expected \"bicubic\"; other filters are not supported");
        if (preprocess.Text("resize_mode", "shortest") != "shortest")
            throw preprocess.Bad("resize_mode", "expected \"shortest\"; other modes are not supported");
        return settings with
        {
            Mean = preprocess.Channels("mean", settings.Mean, -1000, 1000),
            StandardDeviation = preprocess.Channels("std", settings.StandardDeviation, 1e-6, 1000),
        };
    }
}
