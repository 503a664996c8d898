using System.Text;

namespace AdaptCluster.Training.Files;

/// <summary>Recognizes files and folders that are often used by mistake instead of a model's files.</summary>
internal static class SnapshotFile
{
    private const int LookedAt = 200;
    private const string AdapterName = "adapter_config.json";

    /// <summary>
    /// Recognizes a file that was supplied by mistake. Returns what the file is and what to do about it, phrased to follow the file's name
    /// in a message; null if the file is not recognized.
    /// </summary>
    /// <param name="bytes">The first bytes of the file, or all bytes.</param>
    public static string? Stranger(ReadOnlySpan<byte> bytes) =>
        Stranger(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, LookedAt)]));

    /// <summary>
    /// Recognizes a text file that was supplied by mistake. Returns what the file is and what to do about it, phrased to follow the file's
    /// name in a message; null if the file is not recognized.
    /// </summary>
    public static string? Stranger(ReadOnlySpan<char> text)
    {
        var start = text[..Math.Min(text.Length, LookedAt)].TrimStart('\ufeff').TrimStart();
        if (start.StartsWith("version https://git-lfs", StringComparison.Ordinal))
            return "is a Git LFS pointer, not the file itself; run 'git lfs pull' in its folder";
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            ? "is an HTML page, not the file itself; download it again, with 'hf download' if it requires a login"
            : null;
    }

    /// <summary>
    /// Detects an adapter next to the full weights. Returns advice, phrased to follow the folder's path in a message; null if there is no
    /// adapter.
    /// </summary>
    public static string? Addition(string folder) => File.Exists(Path.Combine(folder, AdapterName))
        ? $"contains an adapter ({AdapterName}) next to the full weights, which transformers would load but AdaptCluster does not; "
            + "merge it into the weights (merge_and_unload) and save the result with save_pretrained, or move it to another folder"
        : null;

    /// <summary>
    /// Recognizes a folder without a CLIP config.json. Returns what the folder contains and what to do about it, phrased to follow the
    /// folder's path in a message; null if the contents are not recognized.
    /// </summary>
    public static string? StrangerFolder(string folder)
    {
        bool Has(string name) => File.Exists(Path.Combine(folder, name));
        if (Has(AdapterName))
            return $"contains a PEFT adapter ({AdapterName}); merge it into its base model (merge_and_unload) and save the result with "
                + "save_pretrained";
        if (Has("open_clip_config.json"))
            return "contains a model in OpenCLIP's own format (open_clip_config.json); use the Hugging Face CLIPModel of the same weights, "
                + "or convert it with transformers' convert_open_clip_to_hf.py";
        if (Has("model_index.json"))
            return "contains a diffusers pipeline (model_index.json), which does not include a complete CLIP model; use the model that "
                + "the pipeline was built with";
        return null;
    }
}
