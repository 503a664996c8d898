using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Commands;

/// <summary>Reads the file given by <c>--compare</c>.</summary>
internal static class ReportedTableFile
{
    private const long MaxBytes = 16 << 20;

    /// <summary>Reads a table of reported results.</summary>
    /// <exception cref="InvalidInputException">
    /// The file does not contain a valid table; the message names the place of the error.
    /// </exception>
    public static ReportedTable Read(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (info.Exists && info.Length > MaxBytes)
                throw new InvalidInputException(
                    $"--compare {file}: the file has {info.Length} bytes; the limit for a table of reported results is {MaxBytes} bytes.");
            return ReportedTable.Parse(File.ReadAllText(file), $"--compare {file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file; check the path"
                : e.Message.TrimEnd('.');
            throw new InvalidInputException($"--compare {file}: {why}.", e);
        }
    }
}
