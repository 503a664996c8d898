using System.Collections.Concurrent;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Tests.Data.Caching;

/// <summary>Images whose every byte is a function of their number, and that count how often each is loaded.</summary>
/// <param name="numbers">The number of each image; equal numbers are equal images.</param>
/// <param name="size">Pixels a side, the tower's size.</param>
internal sealed class NumberedImages(int[] numbers, int size = 4) : IImageSplit, IImagePreprocessor
{
    private readonly ConcurrentDictionary<int, int> _loads = new();

    /// <summary>Called with the position of an image that is loaded.</summary>
    internal Action<int>? OnLoad { get; set; }

    /// <summary>How often the image with a number was loaded.</summary>
    internal int Loads(int number) => _loads.GetValueOrDefault(number);

    /// <summary>How often any was.</summary>
    internal int AllLoads => _loads.Values.Sum();

    public IReadOnlyList<int> Labels { get; } = new int[numbers.Length];

    public int Size => size;

    public PixelValues Values { get; } = new((channel, value) => (channel * 1000) + value);

    public object Geometry => size;

    public object Identity(int index) => numbers[index];

    public RgbImage Load(int index)
    {
        _loads.AddOrUpdate(numbers[index], 1, (_, count) => count + 1);
        OnLoad?.Invoke(index);
        return new RgbImage(size, size, Pixels(numbers[index]));
    }

    public void Resize(RgbImage image, Span<byte> pixels) => image.Pixels.CopyTo(pixels);

    public void Augment(RgbImage image, int seed, int epoch, int index, Span<byte> pixels) => Resize(image, pixels);

    /// <summary>What the image with a number must be.</summary>
    internal byte[] Pixels(int number) => [.. Enumerable.Range(0, this.ByteCount()).Select(i => (byte)((number * 31) + (i * 7)))];
}
