namespace AdaptCluster.Contracts;

/// <summary>
/// A plain value with a type of its own, so that the compiler refuses it where another such value belongs. It travels and is printed as the
/// plain value: neither older silos nor readers of JSON see the type.
/// </summary>
/// <typeparam name="TSelf">The type.</typeparam>
/// <typeparam name="TValue">What it holds.</typeparam>
public interface IBareValue<TSelf, TValue> where TSelf : struct, IBareValue<TSelf, TValue> where TValue : struct
{
    /// <summary>The plain value.</summary>
    TValue Value { get; }

    /// <summary>Gives a plain value its type.</summary>
    static abstract TSelf Of(TValue value);
}
