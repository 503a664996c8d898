namespace AdaptCluster.Training.Data;

/// <summary>A folder that images of a data set lie in; shared by its entries, which are many.</summary>
/// <param name="RelativePath">Relative to the data set's folder, with forward slashes; empty for that folder itself.</param>
/// <param name="RealPath">Where it is, without links.</param>
internal sealed record ImageDirectory(string RelativePath, string RealPath);

/// <summary>One image file of a data set.</summary>
/// <param name="Directory">Where it is named.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Target">The file itself, where the name is a link; null for a file.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="LastWrite">When it was last written to, in UTC.</param>
/// <param name="Label">Its 0-based class.</param>
internal sealed record ImageEntry(ImageDirectory Directory, string Name, string? Target, long Bytes, DateTime LastWrite, int Label)
{
    /// <summary>Relative to the data set's folder, with forward slashes.</summary>
    public string RelativePath => Directory.RelativePath.Length == 0 ? Name : $"{Directory.RelativePath}/{Name}";

    /// <summary>Where it is, without links.</summary>
    public string RealPath => Target ?? Path.Combine(Directory.RealPath, Name);
}
