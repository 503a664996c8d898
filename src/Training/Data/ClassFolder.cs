namespace AdaptCluster.Training.Data;

/// <summary>What lies directly in the folder of a class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Images">Its images, in ordinal order of names.</param>
/// <param name="SubFolders">Names of the folders in it, those of systems and tools left out.</param>
internal sealed record ClassFolder(string Name, ImageDirectory Place, List<ImageEntry> Images, List<string> SubFolders);
