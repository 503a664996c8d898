using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>Mutates a file, and has a reader read each mutation.</summary>
/// <param name="output">Where the figures go: a row of the table that tests/fuzz prints.</param>
internal sealed class ReaderFuzz(ITestOutputHelper output)
{
    /// <summary>What one small file may take of the runtime's memory.</summary>
    private const long MostManaged = 256L << 20;

    /// <summary>What the process may grow by while a reader reads all its mutations, native memory and garbage included.</summary>
    private const long MostGrowth = 512L << 20;

    /// <summary>The mutations of each reader that tests/fuzz asks for; null in a run of all tests.</summary>
    private static readonly string? Asked = Environment.GetEnvironmentVariable("ADAPTCLUSTER_FUZZ");

    private static int Mutations => int.Parse(Asked ?? "300", CultureInfo.InvariantCulture);

    /// <summary>Runs a reader.</summary>
    /// <param name="reader">Its name.</param>
    /// <param name="whole">A file that it reads.</param>
    /// <param name="read">Reads a mutation of that file.</param>
    public void Run(string reader, byte[] whole, Action<byte[]> read)
    {
        // A seed that is refused at once would show nothing of what lies behind.
        read(whole);
        var random = new System.Random(reader.Length);
        var (longest, managed, refused) = (TimeSpan.Zero, 0L, 0);
        PeakMemory.Reset();
        var before = PeakMemory.Resident();
        for (var i = 0; i < Mutations; i++)
        {
            var bytes = Mutate(whole, random);
            // Processor time: a machine that is stopped or has other work would count as a reader that hangs.
            var (start, allocated) = (Environment.CpuUsage.TotalTime, GC.GetAllocatedBytesForCurrentThread());
            try
            {
                read(bytes);
            }
            catch (InvalidInputException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"{reader}, mutation {i}: {error}\n{Convert.ToHexString(bytes)}");
            }
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, (Environment.CpuUsage.TotalTime - start).Ticks));
            managed = Math.Max(managed, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }
        var peak = PeakMemory.Bytes();
        // A process may also shrink meanwhile.
        var growth = Math.Max(0, peak - before);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {reader} | {Mutations} | {refused} | {longest.TotalMilliseconds:0} ms | {managed >> 10} KiB | {growth >> 20} MiB | {peak >> 20} MiB |"));
        Assert.InRange(managed, 0, MostManaged);
        // Other tests beside this one grow the process as well.
        if (Asked is not null) Assert.InRange(growth, 0, MostGrowth);
    }

    private static byte[] Mutate(byte[] whole, System.Random random)
    {
        var bytes = random.Next(8) == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
        for (var i = random.Next(1, 6); i > 0 && bytes.Length > 0; i--)
        {
            // Headers lie in front, and extreme values hurt most.
            var at = random.Next(2) == 0 ? random.Next(Math.Min(64, bytes.Length)) : random.Next(bytes.Length);
            bytes[at] = random.Next(4) switch
            {
                0 => 0xFF,
                1 => 0,
                2 => (byte)(bytes[at] ^ (1 << random.Next(8))),
                _ => (byte)random.Next(256),
            };
        }
        return bytes;
    }
}
