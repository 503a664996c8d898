using System.Diagnostics;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>The programs in Python that docs/users/export.md shows, and the interpreter that runs them.</summary>
internal static class PythonGuide
{
    private const string Start = "```python\n";

    /// <summary>The block of Python that holds a word.</summary>
    internal static string Block(string word) => File.ReadAllText(Repository.At("docs", "users", "export.md")).Split(Start)[1..]
        .Select(text => text[..text.IndexOf("```", StringComparison.Ordinal)])
        .Single(block => block.Contains(word, StringComparison.Ordinal));

    /// <summary>Runs a program.</summary>
    /// <returns>How it ended; -1 where there is no python3.</returns>
    internal static (int Code, string Output, string Error) Run(string program)
    {
        using var process = new Process();
        process.StartInfo = new("python3", ["-c", program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
