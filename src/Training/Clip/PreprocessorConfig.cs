using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Clip;

/// <summary>
/// How a snapshot wants its images prepared. The Hub's <c>preprocessor_config.json</c> (Hugging Face transformers, CLIPImageProcessor) or
/// OpenCLIP's <c>open_clip_config.json</c> says so; without either it is as OpenAI's CLIP. What this program cannot do is refused: numbers
/// of images that were prepared otherwise look sound and are wrong.
/// </summary>
public static class PreprocessorConfig
{
    /// <summary>The file of Hugging Face.</summary>
    public const string FileName = "preprocessor_config.json";

    /// <summary>The file of OpenCLIP.</summary>
    public const string OpenClipFileName = "open_clip_config.json";

    /// <summary>PIL's number of the filter, as the file has it.</summary>
    private const int Bicubic = 3;

    /// <summary>Files of the folder that say how images are prepared; they belong to a backbone's hash.</summary>
    /// <param name="folder">A snapshot.</param>
    public static IEnumerable<string> Files(string folder) =>
        ((string[])[FileName, OpenClipFileName]).Where(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>Reads what a snapshot says.</summary>
    /// <param name="folder">The snapshot.</param>
    /// <param name="size">Width and height of the model's images, in pixels.</param>
    /// <exception cref="InvalidInputException">A file is damaged, wants what is not supported here, or the two files contradict each
    /// other.</exception>
    public static PreprocessorSettings Load(string folder, int size)
    {
        var read = Files(folder).ToDictionary(name => name, name => Read(folder, name, size));
        if (read.Count == 0) return PreprocessorSettings.Of(size);
        var first = read.GetValueOrDefault(FileName) ?? read[OpenClipFileName];
        foreach (var (name, other) in read)
        {
            if (!other.Mean.SequenceEqual(first.Mean) || !other.StandardDeviation.SequenceEqual(first.StandardDeviation))
            {
                throw new InvalidInputException(
                    $"{Path.Combine(folder, FileName)}: image_mean and image_std are {Words(first)}, and {name} "
                    + $"beside it has {Words(other)}; "
                    + "keep the file that belongs to the weights and move the other one away.");
            }
        }
        return first;
    }

    private static string Words(PreprocessorSettings settings) =>
        FormattableString.Invariant($"[{string.Join(", ", settings.Mean)}] and [{string.Join(", ", settings.StandardDeviation)}]");

    private static PreprocessorSettings Read(string folder, string name, int size)
    {
        var path = Path.Combine(folder, name);
        return SnapshotSection.Read(SnapshotSection.Bytes(path), path, root =>
            name == FileName ? HuggingFace(root, size) : OpenClip(root, size));
    }

    private static PreprocessorSettings HuggingFace(SnapshotSection root, int size)
    {
        if (!root.Flag("do_resize", true)) throw root.Bad("do_resize", "true expected: images of different sizes cannot share a batch");
        if (!root.Flag("do_center_crop", true)) throw root.Bad("do_center_crop", "true expected: the model takes squares");
        if (root.Integer("resample", Bicubic, 0, 5) != Bicubic)
            throw root.Bad("resample", $"{Bicubic} (bicubic) expected; other filters are not supported");
        int[] cropped = root.ObjectOrNull("crop_size") is { } crop
            ? [crop.Integer("height", size, 1, 4096), crop.Integer("width", size, 1, 4096)] : [root.Integer("crop_size", size, 1, 4096)];
        if (cropped.Any(side => side != size)) throw root.Bad("crop_size", $"{size} expected, the image_size of {ClipConfig.FileName}");
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

    private static int ShorterSide(SnapshotSection root, int size)
    {
        int side;
        if (root.ObjectOrNull("size") is { } edges)
        {
            if (!edges.Has("shortest_edge"))
                throw root.Bad("size", $"{{\"shortest_edge\": {size}}} expected: images that are squeezed into a square are not supported");
            side = edges.Integer("shortest_edge", size, 1, 4096);
        }
        else
        {
            side = root.Integer("size", size, 1, 4096);
        }
        return side >= size ? side : throw root.Bad("size", $"at least {size} expected, the image_size of {ClipConfig.FileName}");
    }

    /// <returns>Null for a division by 255, which the file has as a rounded number.</returns>
    private static double? Factor(SnapshotSection root)
    {
        var factor = root.Number("rescale_factor", 1 / 255.0, 1e-6, 1000);
        return Math.Abs((factor * 255) - 1) < 1e-6 ? null : factor;
    }

    /// <summary>What <c>preprocess_cfg</c> holds beside the model's sizes; see open_clip's <c>PreprocessCfg</c>.</summary>
    private static PreprocessorSettings OpenClip(SnapshotSection root, int size)
    {
        var settings = PreprocessorSettings.Of(size);
        if (root.ObjectOrNull("preprocess_cfg") is not { } preprocess) return settings;
        if (preprocess.Text("interpolation", "bicubic") != "bicubic")
            throw preprocess.Bad("interpolation", "\"bicubic\" expected; other filters are not supported");
        if (preprocess.Text("resize_mode", "shortest") != "shortest")
            throw preprocess.Bad("resize_mode", "\"shortest\" expected; other ways are not supported");
        return settings with
        {
            Mean = preprocess.Channels("mean", settings.Mean, -1000, 1000),
            StandardDeviation = preprocess.Channels("std", settings.StandardDeviation, 1e-6, 1000),
        };
    }
}
