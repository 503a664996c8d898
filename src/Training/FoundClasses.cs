using System.Reflection;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training;

/// <summary>The classes of an assembly that derive from a type: whoever adds one adds it to no list.</summary>
internal static class FoundClasses
{
    /// <summary>Makes one of each class that is not abstract.</summary>
    /// <typeparam name="T">What the classes derive from.</typeparam>
    /// <param name="assembly">Where they are.</param>
    /// <param name="role">What each must implement besides, and what one that does not is told; null for nothing.</param>
    /// <exception cref="InvalidInputException">One lacks the role, or cannot be made.</exception>
    public static IEnumerable<T> In<T>(Assembly assembly, (Type Type, string Lack)? role = null) => assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(T)) && !type.IsAbstract).Select(type => (T)Make(type, role));

    private static object Make(Type type, (Type Type, string Lack)? role)
    {
        InvalidInputException Refused(string why) => new($"{type.FullName} in {type.Assembly.GetName().Name} {why}.");
        if (role is { } wanted && !type.IsAssignableTo(wanted.Type)) throw Refused($"{wanted.Lack}; implement {wanted.Type.Name}");
        if (type.GetConstructor([]) is null) throw Refused("has no public constructor without parameters");
        return Activator.CreateInstance(type)!;
    }
}
