using AdaptCluster.Training.Files;


namespace AdaptCluster.Training.Tests.Data;

/// <summary>The places where the hub's tools put a model.</summary>
public sealed class SnapshotFoldersTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("org/clip", "org/clip")]
    [InlineData("models--org--clip", "org/clip")]
    [InlineData("models--org--clip", "models--org--clip")]
    [InlineData("hub/models--org--clip", "org/clip")]
    public void A_model_is_found_as_a_folder_and_in_the_cache_and_in_a_cache_below_the_root(string place, string name)
    {
        var isCached = place.Contains("--", StringComparison.Ordinal);
        if (isCached) _folder.Write($"{place}/refs/main", Commit);
        var config = _folder.Write(isCached ? $"{place}/snapshots/{Commit}/config.json" : $"{place}/config.json", "{}");
        Assert.Contains(Path.GetDirectoryName(config), SnapshotFolders.Candidates(_folder.Root, name));
    }

    [Fact]
    public void Without_the_main_branch_the_only_snapshot_is_taken()
    {
        _folder.Write("models--org--clip/refs/v1", Commit);
        _folder.Write($"models--org--clip/snapshots/{Commit}/config.json", "{}");
        var only = _folder.At("models--org--clip", "snapshots", Commit);
        Assert.Contains(only, SnapshotFolders.Candidates(_folder.Root, "org/clip"));
        _folder.Write("models--org--clip/snapshots/abc/config.json", "{}");
        Assert.DoesNotContain(only, SnapshotFolders.Candidates(_folder.Root, "org/clip"));
    }
}
