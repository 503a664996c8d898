using System.Security.Cryptography;
using System.Text.Json;
using AdaptCluster.Client.Commands;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Client.Output;

/// <summary>
/// Writes exported jobs. All files are written to a temporary folder next to the target, which is renamed when it is complete, so that no
/// partial export is ever visible.
/// </summary>
internal sealed class ExportFolder
{
    private readonly string _licence;

    /// <summary>Checks the target before anything is read.</summary>
    /// <param name="path">The folder to write.</param>
    /// <param name="licence">The licence field of model cards.</param>
    /// <exception cref="InvalidInputException">The target is a file, or a folder that is not empty.</exception>
    public ExportFolder(string path, string licence)
    {
        if (path.Length == 0) throw new InvalidInputException("--out: found an empty value; write a folder's name.");
        (Path, _licence) = (System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)), PrintableText.OneLine(licence));
        if (File.Exists(Path)) throw new InvalidInputException($"--out {path}: is a file; write the name of a new folder.");
        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
            throw new InvalidInputException($"--out {path}: the folder is not empty; choose another folder, or remove this one.");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Writes all jobs.</summary>
    /// <param name="jobs">The jobs, each with the name of the subfolder to write it to. An empty name means the folder itself.</param>
    /// <param name="spec">The sweep's spec.</param>
    /// <param name="writeOnnx">A callback that writes the jobs as ONNX files; null to write none.</param>
    /// <exception cref="AdaptClusterException">The folder cannot be written to, or a job cannot be exported as ONNX.</exception>
    public void Write(IReadOnlyList<(string Folder, ExportedJob Job)> jobs, string spec, Action<IReadOnlyList<OnnxRequest>>? writeOnnx)
    {
        var beside = $"{Path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var folders = jobs.Select(one => (Path: System.IO.Path.Combine(beside, one.Folder), one.Job)).ToArray();
            foreach (var (folder, _) in folders) Directory.CreateDirectory(folder);
            writeOnnx?.Invoke([.. folders.Select(one =>
                new OnnxRequest(System.IO.Path.Combine(one.Path, JobExport.OnnxName), one.Job.Export, one.Job.Prompts))]);
            foreach (var (folder, job) in folders) Write(folder, job, spec);
            // The folder was empty when it was checked. A folder cannot be moved onto an existing one.
            if (Directory.Exists(Path)) Directory.Delete(Path);
            Directory.Move(beside, Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AdaptClusterException($"--out {Path}: cannot be written ({e.Message.TrimEnd('.')}).", e);
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        }
    }

    private void Write(string folder, ExportedJob job, string spec)
    {
        var export = job.Export;
        var onnx = System.IO.Path.Combine(folder, JobExport.OnnxName);
        if (File.Exists(onnx))
        {
            using var stream = File.OpenRead(onnx);
            export = export with { OnnxSha256 = Convert.ToHexStringLower(SHA256.HashData(stream)) };
        }
        if (job.Prompts is { } stored)
        {
            var prompts = SafetensorsMetadata.Set(stored, export.Labels("adaptcluster-prompts-1"));
            File.WriteAllBytes(System.IO.Path.Combine(folder, JobExport.PromptsName), prompts);
            export = export with { PromptsSha256 = JobExport.Sha256(prompts) };
        }
        File.WriteAllText(
            System.IO.Path.Combine(folder, JobExport.FileName), JsonSerializer.Serialize(export, AdaptClusterJson.Indented) + "\n");
        File.WriteAllText(System.IO.Path.Combine(folder, JobExport.SpecName), spec.TrimEnd() + "\n");
        File.WriteAllText(System.IO.Path.Combine(folder, JobExport.CardName), ModelCard.Of(export, job.Description, _licence));
    }
}
