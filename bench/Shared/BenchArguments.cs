using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>The command line of a bench: names with a value each.</summary>
internal sealed class BenchArguments
{
    private readonly Dictionary<string, string> _given;

    /// <summary>Splits the command line.</summary>
    internal BenchArguments(string[] args)
    {
        // Tables are for eyes and programs of every country.
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        _given = args.Chunk(2).ToDictionary(pair => pair[0], pair =>
            pair.Length == 2 ? pair[1] : throw new ArgumentException($"{pair[0]} needs a value."));
    }

    internal string Text(string name, string otherwise) => _given.Remove(name, out var value) ? value : otherwise;

    internal int Number(string name, int otherwise) => _given.Remove(name, out var value) ? int.Parse(value) : otherwise;

    internal bool Flag(string name, bool otherwise) => _given.Remove(name, out var value) ? bool.Parse(value) : otherwise;

    /// <summary>Numbers with commas between them.</summary>
    internal int[] Numbers(string name, string otherwise) => [.. Text(name, otherwise).Split(',').Select(int.Parse)];

    /// <summary>Precisions with commas between them.</summary>
    internal Precision[] Precisions(string otherwise) =>
        [.. Text("--precision", otherwise).Split(',').Select(name => Enum.Parse<Precision>(name, ignoreCase: true))];

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
        if (_given.Count > 0) throw new ArgumentException($"There is no option {_given.Keys.First()}.");
    }
}
