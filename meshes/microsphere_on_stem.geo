// Microsphere on a stem, as melted from the end of a fibre. Meridian half plane: x = r, y = z, in um; the axis is x = 0.
// Change a parameter with: gmsh -2 microsphere_on_stem.geo -setnumber diameter 20

DefineConstant[
  diameter = {15.0, Name "sphere diameter (um)"}
  stem_diameter = {4.0, Name "stem diameter (um)"}
  margin = {2.0, Name "surround beyond the sphere (um)"}
  rim_size = {0.2, Name "element size at the rim (um)"}
  far_size = {1.5, Name "element size far away (um)"}
  rim_reach = {1.5, Name "fine within this distance of the equator (um)"}
];
If (stem_diameter <= 0 || stem_diameter >= diameter)
  Error("stem_diameter: must lie between 0 and diameter");
EndIf
R = diameter / 2;
s = stem_diameter / 2;
foot = Sqrt(R * R - s * s);
bottom = -(R + margin);

Point(1) = {0, 0, 0};
Point(2) = {0, R, 0};
Point(3) = {R, 0, 0};
Point(4) = {s, -foot, 0};
Point(5) = {0, -foot, 0};
Point(6) = {s, bottom, 0};
Point(7) = {0, bottom, 0};
Point(8) = {R + margin, bottom, 0};
Point(9) = {R + margin, R + margin, 0};
Point(10) = {0, R + margin, 0};

Circle(1) = {2, 1, 3};
Circle(2) = {3, 1, 4};
Line(3) = {4, 5};
Line(4) = {5, 1};
Line(5) = {1, 2};
Line(6) = {4, 6};
Line(7) = {6, 7};
Line(8) = {7, 5};
Line(9) = {6, 8};
Line(10) = {8, 9};
Line(11) = {9, 10};
Line(12) = {10, 2};

Curve Loop(1) = {1, 2, 3, 4, 5};
Plane Surface(1) = {1};
Curve Loop(2) = {6, 7, 8, -3};
Plane Surface(2) = {2};
Curve Loop(3) = {9, 10, 11, 12, 1, 2, 6};
Plane Surface(3) = {3};

Physical Surface("body") = {1};
Physical Surface("stem") = {2};
Physical Surface("surround") = {3};
Physical Curve("rim") = {1, 2};
Physical Curve("joint") = {3};
Physical Curve("stem_surface") = {6};
Physical Curve("axis") = {4, 5, 8, 12};
Physical Curve("outer") = {7, 9, 10, 11};

equator() = {3};
Include "size_field.geo";
