using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>The command line of a bench: names with a value each.</summary>
internal sealed class BenchArguments
{
    private readonly Dictionary<string, string> _given;

    /// <summary>Splits the command line. From here on an input that cannot work ends the bench with one line and no stack trace.</summary>
    internal BenchArguments(string[] args)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
        {
            if (failure.ExceptionObject is not InvalidInputException problem) return;
            Console.Error.WriteLine(problem.Message);
            Environment.Exit(2);
        };
        // Tables are for eyes and programs of every country.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        _given = args.Chunk(2).ToDictionary(pair => pair[0], pair =>
            pair.Length == 2 ? pair[1] : throw new InvalidInputException($"{pair[0]} needs a value."));
    }

    internal string Text(string name, string otherwise) => _given.Remove(name, out var value) ? value : otherwise;

    internal int Number(string name, int otherwise) => _given.Remove(name, out var value) ? Whole(name, value) : otherwise;

    internal bool Flag(string name, bool otherwise) => !_given.Remove(name, out var value) ? otherwise
        : bool.TryParse(value, out var flag) ? flag : throw new InvalidInputException($"{name} '{value}'; write true or false.");

    /// <summary>Numbers with commas between them.</summary>
    internal int[] Numbers(string name, string otherwise) => [.. Text(name, otherwise).Split(',').Select(value => Whole(name, value))];

    /// <summary>Precisions with commas between them.</summary>
    internal Precision[] Precisions(string otherwise) => [.. Text("--precision", otherwise).Split(',').Select(Named)];

    /// <summary>
    /// The device of --device, by default the CPU, with the libtorch that the environment names; before any other use of TorchSharp.
    /// </summary>
    internal torch.Device Device()
    {
        var name = Text("--device", "cpu");
        LibtorchLoader.Load(LibtorchChoice.FromEnvironment(gpu: name == "cuda"));
        return TorchDevice.Named(name, "--device");
    }

    /// <summary>The table that the bench prints, and writes to the file of --json.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="columns">The names of its columns.</param>
    internal BenchTable Table(string title, params string[] columns) => new(Text("--json", ""), title, columns);

    /// <summary>Fails if something was given that nobody asked for.</summary>
    internal void End()
    {
        if (_given.Count > 0) throw new InvalidInputException($"There is no option {_given.Keys.First()}.");
    }

    private static Precision Named(string name)
    {
        var all = Enum.GetValues<Precision>();
        var found = Array.FindIndex(all, precision => AdaptClusterJson.Name(precision) == name);
        return found >= 0 ? all[found] : throw new InvalidInputException(
            $"--precision '{name}' is unknown; write {string.Join(", ", all.Select(AdaptClusterJson.Name))}.");
    }

    private static int Whole(string name, string value) =>
        int.TryParse(value, out var number) ? number : throw new InvalidInputException($"{name} '{value}'; write a whole number.");
}
