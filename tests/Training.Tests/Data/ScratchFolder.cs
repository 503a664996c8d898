namespace AdaptCluster.Training.Tests.Data;

/// <summary>A folder of a test's own, removed at its end.</summary>
public sealed class ScratchFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("adaptcluster-").FullName;

    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = At(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Makes a named pipe that nobody writes to.</summary>
    public string Pipe(string name)
    {
        var path = At(name.Split('/'));
        using var process = System.Diagnostics.Process.Start("mkfifo", [path]);
        process.WaitForExit();
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
